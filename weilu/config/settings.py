"""Django's settings, made from `options`; every value an operator may change lives there."""

from __future__ import annotations

import os
from pathlib import Path

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from weilu.config.databases import database
from weilu.config.options import load

OPTIONS = load()
# Sounds are asked of single characters: without its table of phrases pypinyin takes 45 MB less.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")
BASE = Path(__file__).resolve().parent.parent

SECRET_KEY = OPTIONS.secret_key()
VAULT_FILE = OPTIONS.vault_file
# Where OneBot implementations connect; the connector and its doctor need it.
BOTS_ADDRESS = (OPTIONS.bots_host, OPTIONS.bots_port)
DEBUG = OPTIONS.debug
ALLOWED_HOSTS = [h.strip() for h in OPTIONS.allowed_hosts.split(",") if h.strip()]
TRUSTED_PROXIES = OPTIONS.trusted_proxies
# Whether orders may be posted to addresses in the own network.
WEBHOOKS_PRIVATE = OPTIONS.webhooks_private
PUBLIC_URL = OPTIONS.public_url.rstrip("/")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []

MIRROR_FROM = OPTIONS.mirror_from
MIRROR_MB = OPTIONS.mirror_mb

WEB_PORT = OPTIONS.port
LIVE_PORT = OPTIONS.stream_port
# Without a proxy in front, pages read the stream from a port beside theirs. The policy has no words
# for addresses in brackets: there pages ask every few seconds.
_STREAMS = (
    []
    if PUBLIC_URL
    else [f"http://{host}:{LIVE_PORT}" for host in ALLOWED_HOSTS if "[" not in host]
)

INSTALLED_APPS = [
    "weilu.core",
    "weilu.communities",
    "weilu.members",
    "weilu.groups",
    "weilu.chat",
    "weilu.content",
    "weilu.team",
    "weilu.service",
    "weilu.moderation",
    "weilu.insight",
    "weilu.connectors",
    "weilu.console",
    "weilu.public",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "weilu.config.squeezing.SqueezeMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "weilu.console.middleware.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "weilu.console.middleware.SeatMiddleware",
    "weilu.config.bodies.BodyMiddleware",
    "weilu.console.middleware.WordsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "weilu.config.urls"
FORM_RENDERER = "weilu.console.widgets.Widgets"
WSGI_APPLICATION = "weilu.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "weilu.console.templatetags.weilu",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "weilu.console.context.frame",
            ],
        },
    }
]

DATABASES = {"default": database(OPTIONS)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"

ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "weilu.console.accounts.adapter.ClosedSignup"
ACCOUNT_FORMS = {
    "login": "weilu.console.accounts.forms.SignInForm",
    "change_password": "weilu.console.accounts.forms.ChangePasswordForm",
    "set_password": "weilu.console.accounts.forms.FirstPasswordForm",
    "reauthenticate": "weilu.console.accounts.forms.ConfirmForm",
}
ACCOUNT_EMAIL_VERIFICATION = "none"
# Sign-ins that failed and codes that were used count once for all processes of the web server.
CACHES = {"default": {"BACKEND": "weilu.core.shared.SharedCache"}}
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
# Nobody proves an address here, as no mail is sent: a second step is open all the same.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "activate_totp": "weilu.console.accounts.forms.AppForm",
    "add_webauthn": "weilu.console.accounts.forms.PasskeyForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not OPTIONS.secure
MFA_ADAPTER = "weilu.core.factors.SealedFactors"

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "account/locked.html"
AXES_USERNAME_FORM_FIELD = "login"
# By itself it would take the proxy in front for everybody behind it.
AXES_CLIENT_IP_CALLABLE = "weilu.core.callers.caller_of"
AXES_VERBOSE = False
SILENCED_SYSTEM_CHECKS = ["axes.W003"]

EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"

LANGUAGE_CODE = OPTIONS.language
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"
# Numbers are written by console.formats; with this on, `{{ pk }}` in a form would be "1,234".
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
STATIC_ROOT = OPTIONS.base / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = OPTIONS.base / "uploads"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# A year of daily logs, or a folder of chats, dropped at once.
DATA_UPLOAD_MAX_NUMBER_FILES = 5000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_TEMP_DIR = None

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF, *_STREAMS],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SESSION_COOKIE_SECURE = OPTIONS.secure
CSRF_COOKIE_SECURE = OPTIONS.secure
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "weilu.console.failures.stale_form"
if OPTIONS.secure:
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 30
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = ["^healthz$"]
if OPTIONS.trusted_proxies:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"brief": {"()": "weilu.config.logs.Brief"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["brief"]}
    },
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "axes": {"level": "WARNING"},
        # It tells of every event it sees.
        "nio": {"level": "ERROR"},
        # It tells of every step to a page of a report.
        "weasyprint.progress": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
    },
}

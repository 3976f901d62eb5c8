"""Settings of the tests: a throw-away database, quick password hashes, no manifest of assets.

`WEILU_TEST_DATABASE` names a PostgreSQL to run on instead of SQLite.
"""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("WEILU_HOME", tempfile.mkdtemp(prefix="weilu-test-"))

from weilu.config.databases import postgres, sqlite
from weilu.config.settings import *  # noqa: F403 - the real settings, changed here
from weilu.config.settings import OPTIONS, STORAGES

_address = os.environ.get("WEILU_TEST_DATABASE", "")
DATABASES = {"default": postgres(_address) if _address else sqlite(str(OPTIONS.base / "t.db"))}
if not _address:
    # A file, not memory: two connections at once are part of what is tested.
    DATABASES["default"]["TEST"] = {"NAME": str(OPTIONS.base / "test.db")}
    DATABASES["default"]["OPTIONS"]["init_command"] = (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA foreign_keys=ON;"
    )
SECRET_KEY = "only-for-tests"  # noqa: S105
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
WHITENOISE_AUTOREFRESH = True
LANGUAGE_CODE = "en"

"""Settings of the tests: a throw-away database, quick password hashes, no manifest of assets.

`WEILU_TEST_DATABASE` names a PostgreSQL to run on instead of SQLite.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_OURS = "weilu-test-"
_KEPT = {"WEILU_TEST_DATABASE", "WEILU_CHROMIUM", "WEILU_DATA"}


def _clear(home: str, made_by: int) -> None:
    """Remove the folder when the process that made it ends, not one it has forked."""
    if os.getpid() == made_by:
        shutil.rmtree(home, ignore_errors=True)


# Workers and processes that tests start have the folder of the first, and the settings given them.
if not Path(os.environ.get("WEILU_HOME", "")).name.startswith(_OURS):
    # An installation of this machine has no say in the tests, and they leave it alone.
    for _name in [one for one in os.environ if one.startswith("WEILU_") and one not in _KEPT]:
        del os.environ[_name]
    os.environ["WEILU_HOME"] = tempfile.mkdtemp(prefix=_OURS)
    atexit.register(_clear, os.environ["WEILU_HOME"], os.getpid())

# Only now: settings are read while they are imported.
from weilu.config.databases import postgres, sqlite  # noqa: E402 - as said above
from weilu.config.settings import *  # noqa: E402, F403 - the real settings, changed here
from weilu.config.settings import OPTIONS, STORAGES  # noqa: E402 - as above

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
# Most tests have no database; those of the shared cache ask for it.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
WHITENOISE_AUTOREFRESH = True
LANGUAGE_CODE = "en"

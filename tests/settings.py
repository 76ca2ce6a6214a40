"""Settings of the tests: the product's own on a real PostgreSQL, with plain static files and no connection pool.

Starts the embedded server (without fsync) unless DATABASE_URL names another; the test process owns it.
"""

import os
from pathlib import Path

from yiwang.kernel.db import Server

_ROOT = Path(__file__).resolve().parents[1]
os.environ.setdefault("YIWANG_DATA_DIR", str(_ROOT / ".yiwang" / "test"))
if not (os.environ.get("DATABASE_URL") or os.environ.get("YIWANG_DATABASE_URL")):
    SERVER = Server(Path(os.environ["YIWANG_DATA_DIR"]), durable=False).start()
    # The superuser may empty guarded tables between tests; the product itself runs under a plain role.
    os.environ["DATABASE_URL"] = SERVER.url("postgres", superuser=True)

from yiwang.site.settings import *  # noqa: E402, F403
from yiwang.site.settings import DATABASES, STORAGES  # noqa: E402

STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
DATABASES["default"]["NAME"] = "yiwang"
DATABASES["default"]["OPTIONS"].pop("pool", None)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

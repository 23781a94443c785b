"""Django's settings of the demo's stand-in for other agencies: a process of its own that reads the same `PENCERE_*`.

What it keeps, its keys among it, lies in `data/stand-in`. What it does stands in `exchange.stand_in`.
"""

from __future__ import annotations

from dataclasses import replace

from pencere import country
from pencere.base import secrets
from pencere.conf import configuration

_portal = configuration.read()
PENCERE = replace(_portal, data=_portal.data / "stand-in")
country.use(PENCERE.country)
_country = country.current()

SECRET_KEY = secrets.read_or_make(PENCERE.keys / "secret-key")
DEBUG = False
ALLOWED_HOSTS: list[str] = []
INSTALLED_APPS = ["pencere.files.apps.Config", "pencere.ledger.apps.Config", "pencere.registers.apps.Config"]
MIDDLEWARE: list[str] = []
DATABASES = {
    "default": {
        "ENGINE": "pencere.conf.gated_sqlite",
        "CONN_MAX_AGE": None,
        "NAME": str(PENCERE.data / "registers.sqlite3"),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
            "PRAGMA cache_size=-16000; PRAGMA mmap_size=134217728;",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_I18N = False
USE_TZ = True
TIME_ZONE = _country.time_zone
LOGGING_CONFIG = "pencere.conf.logs.configure"
LOGGING = {"how": PENCERE.log}

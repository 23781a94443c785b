"""What the settings of the demo's two providers have in common: sign-in and payments, each a process of its own.

Both read the same `PENCERE_*` as the portal; what they keep lies beside the portal's things under names of their own.
"""

from __future__ import annotations

from typing import Any

from pencere import country
from pencere.conf import configuration

PENCERE = configuration.read()
country.use(PENCERE.country)
_country = country.current()

DEBUG = False
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", PENCERE.host.partition(":")[0]]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": ["django.template.context_processors.request", "pencere.ui.context.page"],
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"

LANGUAGES = [(code, code) for code in _country.languages]
LANGUAGE_CODE = _country.languages[0]
USE_I18N = True
USE_TZ = True
TIME_ZONE = _country.time_zone

STATIC_URL = "/assets/"
STATIC_ROOT = PENCERE.assets
WHITENOISE_MAX_AGE = 365 * 24 * 3600
WHITENOISE_CHARSET = "utf-8"
LOGGING_CONFIG = "pencere.conf.logs.configure"
LOGGING = {"how": PENCERE.log}


def database(name: str) -> dict[str, Any]:
    """A database file of a provider's own, in the data folder; written like the portal's."""
    return {
        "default": {
            "ENGINE": "pencere.conf.gated_sqlite",
            "CONN_MAX_AGE": None,
            "NAME": str(PENCERE.data / name),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
            },
        }
    }

"""Django's settings of the demo's payment provider: a process of its own that reads the same `PENCERE_*`; what it

keeps lies beside the portal's things under names of its own. Its pages are `payments.demo_provider`.
"""

from __future__ import annotations

from pencere import country
from pencere.base import secrets
from pencere.conf import configuration

PENCERE = configuration.read()
country.use(PENCERE.country)
_country = country.current()

SECRET_KEY = secrets.read_or_make(PENCERE.keys / "demo-payments-secret-key")
DEBUG = False
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", PENCERE.host.partition(":")[0]]
ROOT_URLCONF = "pencere.payments.demo_provider.urls"
WSGI_APPLICATION = "pencere.payments.demo_provider.wsgi.application"

INSTALLED_APPS = ["django.contrib.staticfiles", "pencere.ui.apps.Config", "pencere.payments.demo_provider.apps.Config"]
MIDDLEWARE = [
    "pencere.payments.demo_provider.middleware.headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": ["django.template.context_processors.request", "pencere.ui.context.page"],
        },
    }
]
DATABASES = {
    "default": {
        "ENGINE": "pencere.conf.gated_sqlite",
        "CONN_MAX_AGE": None,
        "NAME": str(PENCERE.data / "demo-payments.sqlite3"),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CSRF_FAILURE_VIEW = "pencere.payments.demo_provider.views.form_expired"
CSRF_TRUSTED_ORIGINS = [PENCERE.demo_payments_url]
CSRF_COOKIE_NAME = "pencere_demo_payments_csrf"
LANGUAGE_COOKIE_NAME = "pencere_demo_payments_language"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"

LANGUAGES = [(code, code) for code in _country.languages]
LANGUAGE_CODE = _country.languages[0]
LOCALE_PATHS = [configuration.REPOSITORY / "src" / "pencere" / "payments" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = _country.time_zone

STATIC_URL = "/assets/"
STATIC_ROOT = PENCERE.assets
WHITENOISE_MAX_AGE = 365 * 24 * 3600
WHITENOISE_CHARSET = "utf-8"
LOGGING_CONFIG = "pencere.conf.logs.configure"
LOGGING = {"how": PENCERE.log}

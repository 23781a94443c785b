"""Django's settings of the demo's payment provider, a process of its own. Its pages are `payments.demo_provider`."""

from __future__ import annotations

from pencere.base import secrets
from pencere.conf import configuration
from pencere.conf.demo_settings import *  # noqa: F403
from pencere.conf.demo_settings import PENCERE, database

SECRET_KEY = secrets.read_or_make(PENCERE.keys / "demo-payments-secret-key")
ROOT_URLCONF = "pencere.payments.demo_provider.urls"
WSGI_APPLICATION = "pencere.payments.demo_provider.wsgi.application"

INSTALLED_APPS = ["django.contrib.staticfiles", "pencere.ui.apps.Config", "pencere.payments.demo_provider.apps.Config"]
MIDDLEWARE = [
    "pencere.ui.headers.of_a_provider",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
]
DATABASES = database("demo-payments.sqlite3")
CSRF_FAILURE_VIEW = "pencere.payments.demo_provider.views.form_expired"
CSRF_TRUSTED_ORIGINS = [PENCERE.demo_payments_url]
CSRF_COOKIE_NAME = "pencere_demo_payments_csrf"
LANGUAGE_COOKIE_NAME = "pencere_demo_payments_language"
LOCALE_PATHS = [configuration.REPOSITORY / "src" / "pencere" / "payments" / "locale"]

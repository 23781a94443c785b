"""Django's settings of the demo's sign-in provider, a process of its own. Its pages are `identity.demo_provider`."""

from __future__ import annotations

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from pencere.base import secrets
from pencere.conf import configuration
from pencere.conf.demo_settings import *  # noqa: F403
from pencere.conf.demo_settings import PENCERE, database


def _new_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return text.decode()


SECRET_KEY = secrets.read_or_make(PENCERE.keys / "demo-provider-secret-key")
ROOT_URLCONF = "pencere.identity.demo_provider.urls"
WSGI_APPLICATION = "pencere.identity.demo_provider.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.idp.oidc",
    "pencere.ui.apps.Config",
    "pencere.identity.demo_provider.apps.Config",
]
MIDDLEWARE = [
    "pencere.ui.headers.of_a_provider",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
DATABASES = database("demo-provider.sqlite3")
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["pencere.identity.demo_provider.hashing.RandomSecretHasher"]
LOGIN_URL = "choose"
CSRF_FAILURE_VIEW = "pencere.conf.errors.form_expired"
CSRF_TRUSTED_ORIGINS = [PENCERE.demo_idp_url]

IDP_OIDC_ADAPTER = "pencere.identity.demo_provider.adapter.Adapter"
IDP_OIDC_PRIVATE_KEY = secrets.read_or_make(PENCERE.keys / "demo-provider-key.pem", _new_key)

SESSION_COOKIE_NAME = "pencere_demo_provider_session"
SESSION_COOKIE_AGE = 600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "pencere_demo_provider_csrf"
LANGUAGE_COOKIE_NAME = "pencere_demo_provider_language"
LOCALE_PATHS = [configuration.REPOSITORY / "src" / "pencere" / "identity" / "locale"]

"""Django's settings of the demo's sign-in provider: a process of its own that reads the same `PENCERE_*`; what it keeps

lies beside the portal's things under names of its own. Its pages are `identity.demo_provider`.
"""

from __future__ import annotations

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from pencere import country
from pencere.base import secrets
from pencere.conf import configuration

PENCERE = configuration.read()
country.use(PENCERE.country)
_country = country.current()


def _new_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return text.decode()


SECRET_KEY = secrets.read_or_make(PENCERE.keys / "demo-provider-secret-key")
DEBUG = False
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", PENCERE.host.partition(":")[0]]
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
    "pencere.identity.demo_provider.middleware.headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
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
        "NAME": str(PENCERE.data / "demo-provider.sqlite3"),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["pencere.identity.demo_provider.hashing.RandomSecretHasher"]
LOGIN_URL = "choose"
CSRF_FAILURE_VIEW = "pencere.conf.errors.form_expired"
CSRF_TRUSTED_ORIGINS = [PENCERE.demo_idp_url]

IDP_OIDC_ADAPTER = "pencere.identity.demo_provider.adapter.Adapter"
IDP_OIDC_PRIVATE_KEY = secrets.read_or_make(PENCERE.keys / "demo-provider-key.pem", _new_key)

SESSION_COOKIE_NAME = "pencere_demo_provider_session"
SESSION_COOKIE_AGE = 600
CSRF_COOKIE_NAME = "pencere_demo_provider_csrf"
LANGUAGE_COOKIE_NAME = "pencere_demo_provider_language"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"

LANGUAGES = [(code, code) for code in _country.languages]
LANGUAGE_CODE = _country.languages[0]
LOCALE_PATHS = [configuration.REPOSITORY / "src" / "pencere" / "identity" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = _country.time_zone

STATIC_URL = "/assets/"
STATIC_ROOT = PENCERE.assets
WHITENOISE_MAX_AGE = 365 * 24 * 3600
WHITENOISE_CHARSET = "utf-8"
LOGGING_CONFIG = "pencere.conf.logs.configure"
LOGGING = {"how": PENCERE.log}

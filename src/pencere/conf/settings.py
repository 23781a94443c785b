"""Django's settings of the portal. What an installation may decide stands in `configuration.py`."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from pencere import country
from pencere.base import secrets
from pencere.conf import configuration, discovery

PENCERE = configuration.read()
country.use(PENCERE.country)
_country = country.current()

SECRET_KEY = secrets.read_or_make(PENCERE.keys / "secret-key")
DEBUG = False
ALLOWED_HOSTS = ["*"]  # every host but PENCERE_URL's is redirected by conf.middleware.one_host
ROOT_URLCONF = "pencere.conf.urls"
WSGI_APPLICATION = "pencere.conf.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_tasks",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.mfa",
    *discovery.apps(),
]
MIDDLEWARE = [
    "pencere.conf.middleware.one_host",
    "pencere.conf.kept_pages.Middleware",
    "pencere.conf.middleware.headers",
    "pencere.conf.middleware.machines",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "pencere.identity.access.Middleware",
    "pencere.conf.errors.middleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "pencere.ui.context.page",
            ],
        },
    }
]


def _database(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "pencere.conf.gated_sqlite",
            "CONN_MAX_AGE": None,  # closing after each request costs more than the request
            "NAME": unquote(parts.path.removeprefix("/") if parts.path.startswith("//") else parts.path),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                "PRAGMA cache_size=-16000; PRAGMA mmap_size=134217728;",
            },
        }
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": secrets.read(PENCERE.keys / "database-password") or "",
        "HOST": unquote(query.get("host", parts.hostname or "")),
        "PORT": str(parts.port or ""),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"pool": {"min_size": 1, "max_size": PENCERE.web_threads + 2, "timeout": 10}},
    }


DATABASES = {"default": _database(PENCERE.database)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TASKS = {"default": {"BACKEND": "pencere.jobs.backend.MainDatabase"}}

AUTH_USER_MODEL = "identity.Account"
AUTHENTICATION_BACKENDS = ["pencere.identity.backend.Backend"]
LOGIN_URL = "/sign-in/"
ACCOUNT_ADAPTER = "pencere.identity.adapters.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "pencere.identity.adapters.ProviderAdapter"
MFA_ADAPTER = "pencere.identity.adapters.SecondFactorAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "identifier"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*"]
SOCIALACCOUNT_STORE_TOKENS = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn"]
MFA_TOTP_ISSUER = "Pəncərə"

SESSION_ENGINE = "pencere.identity.session_store"
SESSION_COOKIE_NAME = "pencere_session"
SESSION_COOKIE_AGE = 30 * 60
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PENCERE.https
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "pencere_csrf"
CSRF_FAILURE_VIEW = "pencere.conf.errors.form_expired"
CSRF_TRUSTED_ORIGINS = [PENCERE.url]
if PENCERE.trusted_proxies:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if PENCERE.https else 0
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024  # a form of questions; papers to be verified have their own limit
DATA_UPLOAD_MAX_NUMBER_FIELDS = 300
FILE_UPLOAD_HANDLERS = ["pencere.files.uploading.InMemory"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": PENCERE.data}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "files": {  # what people hand in; never below an address
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": PENCERE.data / "files",
            "base_url": None,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
}

LANGUAGES = [(code, code) for code in _country.languages]
LANGUAGE_CODE = _country.languages[0]
LANGUAGE_COOKIE_NAME = "pencere_language"
LOCALE_PATHS = [
    discovery.PACKAGE / part / "locale" for part in discovery.parts_with("locale")
]  # before allauth's words
USE_I18N = True
USE_TZ = True
TIME_ZONE = _country.time_zone

STATIC_URL = "/assets/"
STATIC_ROOT = PENCERE.assets
STATICFILES_DIRS: list[str] = []
WHITENOISE_MAX_AGE = 365 * 24 * 3600
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.+\.[0-9a-f]{10}\..+$"
WHITENOISE_CHARSET = "utf-8"

LOGGING_CONFIG = "pencere.conf.logs.configure"
LOGGING = {"how": PENCERE.log}
TEST_RUNNER = "django.test.runner.DiscoverRunner"

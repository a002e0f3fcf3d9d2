"""All settings of the machine, each from the environment and sensible when it is not set.

What a shop may choose (its name, stores, rates, fields) is rows edited in the desk, not settings.
"""

from pathlib import Path

import django_stubs_ext

from stamkunde.config import env
from stamkunde.config.floors import MODULES

django_stubs_ext.monkeypatch()

PROJECT = Path(__file__).resolve().parent.parent.parent
HOME = env.folder("STAMKUNDE_HOME", PROJECT / "var")
# The log of erasures, and the key by which erased people are known again: never in the database nor in its backups.
ERASURES = env.folder("STAMKUNDE_ERASURES", HOME / "erasures")
FILES_ROOT = env.folder("STAMKUNDE_FILES", HOME / "files")

DEBUG = env.flag("STAMKUNDE_DEBUG", default=False)
BASE_URL = env.text("STAMKUNDE_BASE_URL", "http://localhost:8000").rstrip("/")
IS_HTTPS = BASE_URL.startswith("https://")
ALLOWED_HOSTS = env.words("STAMKUNDE_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = [BASE_URL] if IS_HTTPS else []
SECRET_KEY = env.secret("STAMKUNDE_SECRET_KEY", HOME / env.KEY_FILE)
SECRET_KEY_FALLBACKS = [
    *env.words("STAMKUNDE_OLD_SECRET_KEYS", []),
    *(key for key, _ in env.former_keys(HOME / env.FORMER_KEYS_FILE)),
]

DATABASES = {"default": env.database("DATABASE_URL", HOME / "stamkunde.sqlite3")}
BACKUP_BEFORE_UPGRADE = env.flag("STAMKUNDE_BACKUP_BEFORE_UPGRADE", default=True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "stamkunde.config",
    *MODULES,
]

MIDDLEWARE = [
    "stamkunde.config.measuring.count_requests",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "stamkunde.kit.headers.security_headers",
    "stamkunde.exchange.api.way.shorter_for_machines",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "stamkunde.accounts.middleware.personal_settings",
    "django.contrib.messages.middleware.MessageMiddleware",
    "stamkunde.kit.failures.only_for_forms",
    "stamkunde.kit.policy.PolicyMiddleware",
    "stamkunde.customers.leading_on.CustomerMergedMiddleware",
    "stamkunde.exchange.api.way.to_the_door",
]

ROOT_URLCONF = "stamkunde.config.urls"
WSGI_APPLICATION = "stamkunde.config.wsgi.application"
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["stamkunde.kit.templatetags.addresses"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "stamkunde.config.context.shell",
            ],
        },
    },
]

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "/"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "stamkunde.accounts.passwords.NotTheShopValidator"},
]

SESSION_ENGINE = "stamkunde.accounts.sessions"
SESSION_COOKIE_AGE = env.number("STAMKUNDE_SESSION_HOURS", 12) * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_NAME = "__Host-session" if IS_HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if IS_HTTPS else "csrf"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "stamkunde.kit.failures.forged_or_expired"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
# A shop open to the world is not started with settings that lose data or let strangers in; this starts it all the same.
STARTS_UNSAFE = env.flag("STAMKUNDE_UNSAFE", default=False)
IS_BEHIND_PROXY = env.flag("STAMKUNDE_BEHIND_PROXY", default=False)
INNER_PROXY = env.flag("STAMKUNDE_INNER_PROXY", default=False)
if IS_BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
IDLE_MINUTES = env.number("STAMKUNDE_IDLE_MINUTES", 30)
# Where somebody who works at a till is led, unless she asked for another page.
TILL_URL = "/counter/"

# The company's own sign-in, by OpenID Connect.
OIDC_ISSUER = env.text("STAMKUNDE_OIDC_ISSUER", "")
OIDC_CLIENT_ID = env.text("STAMKUNDE_OIDC_CLIENT_ID", "")
OIDC_CLIENT_SECRET = env.text("STAMKUNDE_OIDC_CLIENT_SECRET", "")
OIDC_NAME = env.text("STAMKUNDE_OIDC_NAME", "OpenID Connect")
OIDC_SCOPES = env.words("STAMKUNDE_OIDC_SCOPES", ["openid", "email", "profile"])
OIDC_ROLE_CLAIM = env.text("STAMKUNDE_OIDC_ROLE_CLAIM", "")
OIDC_ROLES = env.words("STAMKUNDE_OIDC_ROLES", [])
OIDC_NEW_ROLE = env.text("STAMKUNDE_OIDC_NEW_ROLE", "")
OIDC_NEW_DOMAINS = env.words("STAMKUNDE_OIDC_NEW_DOMAINS", [])
OIDC_TRUSTED_METHODS = env.words("STAMKUNDE_OIDC_TRUSTED_METHODS", [])


LANGUAGE_CODE = env.text("STAMKUNDE_LANGUAGE", "en")
LANGUAGES = [("en", "English"), ("nb", "Norsk bokmål"), ("sv", "Svenska"), ("lv", "Latviešu")]
FORMAT_MODULE_PATH = "stamkunde.config.formats"
LOCALE_PATHS = [PROJECT / "locale"]
LANGUAGE_COOKIE_NAME = "language"
TIME_ZONE = env.text("STAMKUNDE_TIME_ZONE", "Europe/Oslo")
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATICFILES_FINDERS = [
    "stamkunde.kit.static_bundle.BundleFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(FILES_ROOT)}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
# A full basket is two hundred lines of six boxes each, and a long receipt brings back five hundred lines of two.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
UPLOAD_LIMIT_MEGABYTES = env.number("STAMKUNDE_UPLOAD_LIMIT_MB", 2_000)
FILE_LIMIT_MEGABYTES = env.number("STAMKUNDE_FILE_LIMIT_MB", 25)

# Where kit/net.py may go besides the open network, and on which ports.
INNER_NETWORKS = env.networks("STAMKUNDE_INNER_NETWORKS")
OUTGOING_PORTS = env.numbers("STAMKUNDE_OUTGOING_PORTS", [80, 443])
MAIL_PORTS = env.numbers("STAMKUNDE_MAIL_PORTS", [25, 143, 465, 587, 993])

# How fast each token of a machine may go on, all processes together.
API_REQUESTS_PER_MINUTE = env.number("STAMKUNDE_API_REQUESTS_PER_MINUTE", 3_000)

# Python computes in one thread of a process at a time; more processes answer more requests at once.
WEB_PROCESSES = env.number_between("STAMKUNDE_WEB_PROCESSES", 1, 16, default=min(2, env.processors()))

# How many streams of news (`/live/...`) a web process keeps open: in all, of one person, and from one address.
LIVE_STREAMS = env.number("STAMKUNDE_LIVE_STREAMS", 4_000)
LIVE_STREAMS_EACH = env.number("STAMKUNDE_LIVE_STREAMS_EACH", 12)
LIVE_STREAMS_PER_ADDRESS = env.number("STAMKUNDE_LIVE_STREAMS_PER_ADDRESS", 200)

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

METRICS_TOKEN = env.text("STAMKUNDE_METRICS_TOKEN", "")
LOG_LEVEL = env.text("STAMKUNDE_LOG_LEVEL", "INFO").upper()
LOG_FORMAT = env.choice("STAMKUNDE_LOG_FORMAT", ["line", "json"])
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "stamkunde.kit.log.LineFormatter"},
        "json": {"()": "stamkunde.kit.log.JsonFormatter"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    # It would write the numbers of people's passkeys into the log.
    "loggers": {"fido2": {"level": "WARNING"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
}

"""Every setting of the portal, read from the environment; an unsafe production setting stops the start."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from logistics_portal.kit import transport
from logistics_portal.kit.keys import local_key
from logistics_portal.timetable import TIMETABLE

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# ---------------------------------------------------------------- where we run
PRODUCTION = env.bool("PRODUCTION", default=False)
DEMO = env.bool("DEMO", default=False)
DEBUG = False
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
KEY_LENGTH = 50
SECRET_KEY = env.str("SECRET_KEY", default="") or ("" if PRODUCTION else local_key(VAR_DIR / "secret-key"))
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=[] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]", "testserver"]
)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=PRODUCTION)  # then the last X-Forwarded-For tells who asks

# ---------------------------------------------------------------- what it is made of
OWN_PACKAGES = ["logistics_portal", "schools", "canteens", "dormitories", "campus", "inspections"]
INSTALLED_APPS = [
    "logistics_portal.kit",
    "logistics_portal.records",
    "logistics_portal.accounts",
    "logistics_portal.desk",
    "schools",
    "canteens",
    "dormitories",
    "campus",
    "inspections",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "csp",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "template_partials",
]
MIDDLEWARE = [
    "logistics_portal.kit.context.remember_request",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "logistics_portal.kit.middleware.set_headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "logistics_portal.desk.middleware.record_exports",
    "logistics_portal.accounts.middleware.session_limits",
    "logistics_portal.accounts.middleware.second_factor",
    "logistics_portal.records.middleware.WriteRefusals",
]
ROOT_URLCONF = "logistics_portal.urls"
WSGI_APPLICATION = "logistics_portal.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "logistics_portal.desk.context.portal",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "template_partials.templatetags.partials",
                "logistics_portal.kit.templatetags.kit",
            ],
        },
    }
]
FILTERS_EMPTY_CHOICE_LABEL = _("全部")
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ---------------------------------------------------------------- data
DATABASE_URL = env.str("DATABASE_URL", default="")
DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db_url_config(DATABASE_URL)
    if DATABASE_URL
    else {"ENGINE": "django.db.backends.sqlite3", "NAME": str(VAR_DIR / "portal.sqlite3")}
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": (
            "PRAGMA synchronous=FULL; PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY;"
        ),
    }
else:
    DATABASES["default"].update(CONN_MAX_AGE=60, CONN_HEALTH_CHECKS=True)
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = (
        f"-c statement_timeout={env.int('STATEMENT_TIMEOUT_MS', default=30_000)}"
        " -c lock_timeout=3000 -c idle_in_transaction_session_timeout=60000"
    )
REDIS_URL = env.str("REDIS_URL", default="")
CACHES = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    )
}
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(VAR_DIR / "media")))

# ---------------------------------------------------------------- people
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "logistics_portal.accounts.hashers.PortalArgon2",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "logistics_portal.accounts.passwords.UnlikeTheAccount"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_IDLE_BUREAU_MINUTES = env.int("SESSION_IDLE_BUREAU_MINUTES", default=30)
SESSION_IDLE_SCHOOL_MINUTES = env.int("SESSION_IDLE_SCHOOL_MINUTES", default=60)
SECOND_FACTOR_REQUIRED = env.bool("SECOND_FACTOR_REQUIRED", default=PRODUCTION)
PASSWORD_RESET_TIMEOUT = 24 * 3600
ACCOUNT_ADAPTER = "logistics_portal.accounts.adapter.PortalAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 30 * 60
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_FORMS = {
    "login": "logistics_portal.accounts.signin.SignIn",
    "change_password": "logistics_portal.accounts.signin.ChangePassword",
    "reauthenticate": "logistics_portal.accounts.signin.PasswordAgain",
    "reset_password_from_key": "logistics_portal.accounts.signin.SetPassword",
}
MFA_ADAPTER = "logistics_portal.accounts.adapter.PortalMFAAdapter"
MFA_TOTP_ISSUER = "吉林学校后勤"
MFA_FORMS = {
    "authenticate": "logistics_portal.accounts.signin.SecondFactor",
    "reauthenticate": "logistics_portal.accounts.signin.SecondFactorAgain",
    "activate_totp": "logistics_portal.accounts.signin.TurnOnSecondFactor",
}
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_CLIENT_IP_CALLABLE = "logistics_portal.kit.context.client_address"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # who is turned away does not stay out longer
AXES_ENABLE_ADMIN = False
AXES_LOCKOUT_CALLABLE = "logistics_portal.accounts.lockout.tell"
AXES_HANDLER = "logistics_portal.accounts.lockout.Doorkeeper"
AXES_USERNAME_CALLABLE = "logistics_portal.accounts.lockout.name_of"
AXES_ENABLE_ACCESS_FAILURE_LOG = True
SPRAY_NAMES = env.int("SPRAY_NAMES", default=20)  # strange names failing from one address within an hour
AXES_USERNAME_FORM_FIELD = "username"  # what allauth calls it when it asks the backends
AXES_VERBOSE = False

# ---------------------------------------------------------------- language and time
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("中文")), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

# ---------------------------------------------------------------- files the browser gets
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "logistics_portal.kit.frontend.OwnFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "logistics_portal.kit.frontend.PackageFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if PRODUCTION
            else "logistics_portal.kit.storage.ForgivingManifestStorage"
        )
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 24
PHOTO_MAX_BYTES = 8 * 1024 * 1024
PHOTO_MAX_PIXELS = 50_000_000
PHOTO_LONG_EDGE = 1600
SHEET_MAX_BYTES = 10 * 1024 * 1024

# ---------------------------------------------------------------- headers
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "style-src": ["'self'"],
        "style-src-attr": ["'unsafe-inline'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "logistics_portal.desk.views.csrf_failed"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SAMESITE = "Lax"
if PRODUCTION:
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"

# ---------------------------------------------------------------- background work
CELERY_BROKER_URL = REDIS_URL or transport.register()
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = (
    {"visibility_timeout": 3600, "socket_connect_timeout": 0.5, "socket_timeout": 5, "max_retries": 0}
    if REDIS_URL
    else {"folder": str(VAR_DIR / "queue")}
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_ENABLE_REMOTE_CONTROL = bool(REDIS_URL)
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "schedule")
CELERY_TASK_IGNORE_RESULT = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = TIMETABLE

# ---------------------------------------------------------------- mail and logs
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="portal@localhost")
EMAIL_TIMEOUT = 20  # seconds
MAIL_NOTICES = bool(env.str("EMAIL_URL", default=""))  # notices leave by mail only where a mail server was named
PORTAL_ADDRESS = env.str("PORTAL_ADDRESS", default="")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"links": {"()": "logistics_portal.kit.secrecy.MaskLinks"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["links"]}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {"axes": {"level": "WARNING"}, "fontTools": {"level": "WARNING"}},
}


def _refuse_unsafe_production() -> None:
    """Stop the start with a sentence that names the setting."""
    if len(SECRET_KEY) < KEY_LENGTH or len(set(SECRET_KEY)) < KEY_LENGTH // 5:
        raise ImproperlyConfigured("SECRET_KEY: set a random text of at least 50 characters (production).")
    if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
        raise ImproperlyConfigured("ALLOWED_HOSTS: name the exact host names this portal answers to (production).")
    if DEMO:
        raise ImproperlyConfigured("DEMO: a production portal cannot hold the demo province; unset it.")
    if not DATABASE_URL:
        raise ImproperlyConfigured("DATABASE_URL: say where the database is, for example postgres://user@host/name.")
    if not env.str("MEDIA_ROOT", default=""):
        raise ImproperlyConfigured("MEDIA_ROOT: name a folder outside the public ones for photos and papers.")
    if STATIC_ROOT == MEDIA_ROOT or STATIC_ROOT in MEDIA_ROOT.parents:
        raise ImproperlyConfigured("MEDIA_ROOT: it must not lie in the public folder of static files.")


if PRODUCTION:
    _refuse_unsafe_production()

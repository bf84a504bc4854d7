"""All settings. The environment decides; docs/how-to/deploy.md lists every variable."""

import secrets
import sys
from pathlib import Path

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from config import env

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.text("DATA_DIR", str(BASE_DIR / ".data")))
ENVIRONMENT = env.choice("ENVIRONMENT", ("development", "production"), "development")
PRODUCTION = ENVIRONMENT == "production"
TESTING = "pytest" in sys.modules or sys.argv[1:2] == ["test"]

DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)

# --- what production refuses -------------------------------------------------------------------------------------

DEBUG = env.flag("DEBUG", False)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", [] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]", "testserver"])


def _development_key() -> str:
    """A key of this machine's own, made once: even a demo must not run on a key that everybody knows."""
    path = DATA_DIR / "development-key"
    if not path.exists():
        path.write_text("development-" + secrets.token_urlsafe(50))
        path.chmod(0o600)
    return path.read_text()


SECRET_KEY = env.secret("SECRET_KEY") or ("" if PRODUCTION else _development_key())

if PRODUCTION:
    if DEBUG:
        raise ImproperlyConfigured("DEBUG must be off in production")
    if len(SECRET_KEY) < 50 or SECRET_KEY.startswith(("development-", "django-insecure-")):
        raise ImproperlyConfigured("production needs SECRET_KEY or SECRET_KEY_FILE: at least 50 random characters")
    if not ALLOWED_HOSTS or any(host in {"*", "."} for host in ALLOWED_HOSTS):
        raise ImproperlyConfigured("production needs ALLOWED_HOSTS: the names of this site, never *")

# --- applications ------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "config.apps.ConfigConfig",
    "config.apps.AdminConfig",
    "config.audit",
    "config.notices",
    "config.milestones",
    "config.workdays",
    "config.uploads",
    "config.search",
    "members",
    "workstations",
    "proposals",
    "consultation",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "axes",
    "django_filters",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "config.middleware.NobodyMiddleware",
    "config.middleware.SecurityHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "config.middleware.IdleMiddleware",
    "config.middleware.FirstPasswordMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
FORM_RENDERER = "config.forms.Renderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.site",
            ],
            "builtins": ["config.templatetags.ui"],
        },
    }
]

# --- database, broker --------------------------------------------------------------------------------------------

DATABASES = {
    "default": dj_database_url.parse(
        env.text("DATABASE_URL", f"sqlite:///{DATA_DIR / 'shangliang.sqlite3'}"),
        conn_max_age=60,
        conn_health_checks=True,
    )
}
SQLITE = DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
if SQLITE:
    # Without IMMEDIATE a reader that starts to write fails at once, whatever the timeout says (ADR 0004).
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
else:
    # No transaction outlives a minute: sealing the audit trail relies on it, and a stuck lock frees itself.
    # Compiling a statement costs more than any statement of a page.
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        connect_timeout=5, options="-c idle_in_transaction_session_timeout=60000 -c lock_timeout=20000 -c jit=off"
    )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SEARCH_SCOPE = "committee_id"  # the column that says whose a searchable row is, where a table has it

REDIS_URL = env.text("REDIS_URL", "")

# --- who may come in ---------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "members.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "members.auth.NameOrPhoneBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "members.auth.OneTimeHasher",  # one-time passwords of a roster; replaced at the first sign-in
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
SESSION_COOKIE_AGE = 12 * 60 * 60  # seconds, whatever happens
SESSION_IDLE_SECONDS = env.whole("SESSION_IDLE_SECONDS", 30 * 60, at_least=60)
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_CALLABLE = "members.auth.counted_name"
AXES_CLIENT_IP_CALLABLE = "members.auth.counted_address"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # the half hour ends when the page says so
AXES_LOCKOUT_TEMPLATE = "registration/locked.html"
AXES_DISABLE_ACCESS_LOG = True  # the audit trail tells who came in; axes would open a session for a token, too
AXES_VERBOSE = False

# --- what the browser is told ------------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = PRODUCTION and env.flag("SECURE_SSL_REDIRECT", True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # monitors ask from inside, without a certificate
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("BEHIND_PROXY", False) else None
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS", [])
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"

# --- language and time -------------------------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
FILTERS_EMPTY_CHOICE_LABEL = "全部"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

# --- files -------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "config" / "static"]
MEDIA_ROOT = DATA_DIR / "uploads"  # never under a public address: config.uploads serves each file after a check
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # a new term ticks every member of a city on one page

# --- mail --------------------------------------------------------------------------------------------------------

EMAIL_BACKEND = env.text("EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
EMAIL_HOST = env.text("EMAIL_HOST", "")  # empty: no mail leaves, the inbox on the site is the channel
EMAIL_PORT = env.whole("EMAIL_PORT", 465)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.secret("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_SSL = env.flag("EMAIL_USE_SSL", True)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "shangliang@localhost")
SITE_URL = env.text("SITE_URL", "http://localhost:8000").rstrip("/")

# --- REST --------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "config.rest.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "config.rest.CursorPages",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.AnonRateThrottle",
        "rest_framework.throttling.UserRateThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {
        "anon": env.text("API_RATE_ANON", "120/min"),
        "user": env.text("API_RATE_USER", "600/min"),
    },
    "URL_FORMAT_OVERRIDE": None,
    "EXCEPTION_HANDLER": "config.rest.problem_details",
    "NUM_PROXIES": env.whole("NUM_PROXIES", 0),
    "PAGE_SIZE": 50,
    "COERCE_DECIMAL_TO_STRING": False,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "商量 REST API",
    "DESCRIPTION": "年度协商计划、议题、协商活动、协商成果、委员会、行政区划与委员工作室的开放接口。匿名可读公开内容。",
    "VERSION": "1.0",
    "SCHEMA_PATH_PREFIX": "/api/v[0-9]",
    "SORT_OPERATIONS": False,  # as in config/api.py
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "config.rest.schema.with_problems",
    ],
    "ENUM_NAME_OVERRIDES": {
        path.rpartition(".")[2]: path
        for path in (
            "consultation.states.ConsultationState",
            "consultation.states.OutcomeState",
            "consultation.states.PlanState",
            "consultation.states.TopicState",
            "members.models.BodyKind",
            "members.models.RegulationState",
            "proposals.states.AssignmentRole",
            "proposals.states.AssignmentState",
            "proposals.states.MicroKind",
            "proposals.states.MicroState",
            "proposals.states.ProposalState",
            "proposals.states.ProposerKind",
            "proposals.states.ReplyGrade",
            "proposals.states.ReplyState",
            "proposals.states.Satisfaction",
            "workstations.models.ActivityKind",
            "workstations.models.DemandKind",
            "workstations.models.EffectKind",
            "workstations.models.GridKind",
            "workstations.models.InspectionKind",
            "workstations.models.StationKind",
            "workstations.models.TaskGrade",
            "workstations.states.ActivityState",
            "workstations.states.DemandState",
            "workstations.states.ProjectState",
            "workstations.states.TaskState",
        )
    }
    | {"ConsultationChannel": "consultation.states.Channel", "WordChannel": "workstations.models.Channel"},
}

# --- logs --------------------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "config.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {
        "handlers": ["console"],
        "level": env.choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "WARNING"),
    },
}
SILENCED_SYSTEM_CHECKS = []

"""Django's settings. What an installation may change comes from the environment (`environment.py`)."""

import importlib.metadata
from pathlib import Path
from typing import Any

from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from perron.project import environment

_PACKAGE = Path(__file__).resolve().parent.parent

PERRON_HOME = environment.home()
PERRON_ORIGIN = environment.origin()
PERRON_HOSTS = environment.hosts()
PERRON_POLICY = environment.policy()
PERRON_MAIL = environment.mail()
PERRON_MAIL_FROM = environment.mail_from()
PERRON_BOUNCES = environment.bounces()
PERRON_BACKUP_KEY = environment.backup_key()
PERRON_EDGE_MEMORY = environment.edge_memory()
PERRON_TASKS = environment.tasks()
PERRON_BROKER = environment.broker()
# Networks that copies may be sent to although they are not public, without TLS too: for tests on one machine only.
PERRON_TRANSFER_NETWORKS: list[str] = []
# The same for sources that are read, on any port.
PERRON_SOURCE_NETWORKS: list[str] = []
# The same for the identity providers of partners.
PERRON_PROVIDER_NETWORKS: list[str] = []
# The same for push services.
PERRON_PUSH_NETWORKS: list[str] = []
# The same for webhooks.
PERRON_WEBHOOK_NETWORKS: list[str] = []
PERRON_BUILD = importlib.metadata.version("perron")
_SECURE = PERRON_ORIGIN.startswith("https://")

DEBUG = False
SECRET_KEY = environment.secret_key(PERRON_HOME)
# The hosts of platforms are rows: `communities.hosting` checks every request against both.
ALLOWED_HOSTS = ["*"]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    # Before allauth, so that its pages wear Perron's look.
    "perron.account",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "perron.privacy",
    "perron.channels",
    "perron.letters",
    "perron.accounts",
    "perron.communities",
    "perron.statistics",
    "perron.audience",
    "perron.publishing",
    "perron.delivery",
    "perron.outreach",
    "perron.screens",
    "perron.reader",
    "perron.studio",
    "perron.desk",
    "perron.project",
]

MIDDLEWARE = [
    "perron.project.middleware.LoopMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "perron.project.middleware.BrowserPolicyMiddleware",
    "perron.communities.hosting.PlatformMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "perron.communities.tenancy.TenancyMiddleware",
    "perron.project.middleware.LanguageMiddleware",
    "perron.project.middleware.SeenTodayMiddleware",
    "perron.communities.strong_staff.StrongStaffMiddleware",
    "perron.project.middleware.StaffPagesMiddleware",
    "perron.project.edge.limiting.LimitsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "perron.screens.problems.ProblemMiddleware",
]

ROOT_URLCONF = "perron.project.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_PACKAGE / "publishing" / "kinds"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "perron.reader.theming.of_platform",
            ],
        },
    }
]

DATABASES = {"default": environment.database(PERRON_HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        # Counts of what single addresses send and search (`screens.limits`); beyond that, the oldest go.
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}
SESSION_ENGINE = "perron.accounts.sessions"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Accounts
AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "perron.accounts.passwords.LengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name", "first_name"]},
    },
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account:profile"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# Whoever signs up has confirmed the address before there is an account (`accounts.opening`); who was let in by an
# administrator signs in without.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
# Nobody is written to who has no account.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
PASSWORD_RESET_TIMEOUT = 24 * 3600
ACCOUNT_ADAPTER = "perron.account.adapter.Adapter"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
SOCIALACCOUNT_ADAPTER = "perron.account.provider_adapter.ProviderAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
MFA_ADAPTER = "perron.account.factors_adapter.FactorsAdapter"
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# A clock may go half a minute wrong; that no code is taken twice is `accounts.factors`' own affair.
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "perron.account.factor_forms.CodeForm",
    "authenticate_webauthn": "perron.account.factor_forms.PasskeyForm",
    "login_webauthn": "perron.account.factor_forms.PasskeyAloneForm",
}

# Languages
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("French")), ("nl", _("Dutch")), ("de", _("German")), ("en", _("English"))]
LANGUAGE_COOKIE_NAME = "__Host-language" if _SECURE else "language"
# Core has no tables, and so is no app of Django: its words are found here.
LOCALE_PATHS = [_PACKAGE / "core" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Brussels"

# Mail leaves by `letters` alone.
MAILERS = {"default": {"BACKEND": "perron.channels.email.refusing.Refusing"}}

# Files
STATIC_URL = "/static/"
STATIC_ROOT = PERRON_HOME / "static"
MEDIA_ROOT = PERRON_HOME / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "perron.project.static_files.StaticFiles"},
}
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000

# Security
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "worker-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "frame-src": [CSP.SELF],
    "base-uri": [CSP.NONE],
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = _SECURE
# A load balancer asks each machine directly.
SECURE_REDIRECT_EXEMPT = [r"^health$"]
SECURE_HSTS_SECONDS = 31_536_000 if _SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _SECURE
SECURE_HSTS_PRELOAD = _SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _SECURE else None
# The proxy says who is asking, for limits on signing in, sending and searching; nothing keeps it.
ALLAUTH_TRUSTED_CLIENT_IP_HEADER = "X-Real-IP" if _SECURE else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _SECURE
SESSION_COOKIE_NAME = "__Host-session" if _SECURE else "session"
PERRON_DEVICE_COOKIE = "__Host-device" if _SECURE else "device"
CSRF_COOKIE_NAME = "__Host-csrf" if _SECURE else "csrf"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = CSRF_COOKIE_AGE = 14 * 24 * 3600
CSRF_FAILURE_VIEW = "perron.screens.problems.csrf_failure"
X_FRAME_OPTIONS = "DENY"

# Logs hold no addresses and no queries: the server writes no access log, and Django's own is at warnings.
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        "json": {"()": "perron.project.log_lines.JsonLine"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": environment.log_format()}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "ERROR"},
        # Programs that try names at random would fill the log.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "django.security.TooManyFieldsSent": {"level": "CRITICAL"},
        "httpx": {"level": "WARNING"},
        # A line for each of the messages that wake it.
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        # It would name the passkeys that are made and shown.
        "fido2": {"level": "WARNING"},
    },
}

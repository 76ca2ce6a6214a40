"""Django's settings, all derived from `kernel.settings`; nothing is read from the environment here."""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict

from yiwang.kernel.settings import settings
from yiwang.site import outside
from yiwang.site.contexts import apps

_s = settings()
_SOURCE = Path(__file__).resolve().parents[1]

SECRET_KEY = _s.signing_key()
DEBUG = _s.debug
ALLOWED_HOSTS = list(_s.allowed_hosts)
ROOT_URLCONF = "yiwang.site.urls"
WSGI_APPLICATION = "yiwang.site.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "commons_identity.Account"

INSTALLED_APPS = [
    "yiwang.kernel",
    "yiwang.web",
    *apps(),
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.idp.oidc",
    "allauth.socialaccount",
    *(f"allauth.socialaccount.providers.{kind}" for kind in outside.KINDS),
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "yiwang.web.middleware.ShellMiddleware",
    "yiwang.site.limits.BodyLimitMiddleware",
    "yiwang.site.limits.TextMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "yiwang.commons.identity.middleware.ActorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "yiwang.web.middleware.ErrorMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "yiwang.web.templatetags.yw"],
        },
    }
]


def _database() -> dict[str, object]:
    if _s.database_url is None:
        raise ImproperlyConfigured("no DATABASE_URL: start through the `yiwang` command, which starts the database")
    parts = conninfo_to_dict(_s.database_url)
    known = {"dbname", "user", "password", "host", "port"}
    options: dict[str, object] = {key: value for key, value in parts.items() if key not in known}
    # A list's row scope joins grants, organisations and rows: planning it anew costs more than running it.
    options["server_side_binding"], options["prepare_threshold"] = True, 5
    options["pool"] = {"min_size": 1, "max_size": max(4, _s.job_threads + 2), "timeout": 15}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.get("dbname") or "yiwang",
        "USER": parts.get("user") or "",
        "PASSWORD": parts.get("password") or "",
        "HOST": parts.get("host") or "",
        "PORT": parts.get("port") or "",
        "OPTIONS": options,
        "CONN_HEALTH_CHECKS": True,  # a connection that died with the server is replaced before a page meets it
        "TEST": {"TEMPLATE": "template0"},
    }


DATABASES = {"default": _database()}

# Shared by all web processes, so that limits on failed log-ins count everywhere; nothing else is cached here.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "site_cache",
        "OPTIONS": {
            "MAX_ENTRIES": 200_000
        },  # a used one-time password must not be forgotten because others fill the table
    }
}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if _s.behind_proxy else 0

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "yiwang.commons.identity.adapters.hashers.PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_ADAPTER = "yiwang.commons.identity.adapters.AccountAdapter"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_PRESERVE_USERNAME_CASING = False  # names are found as they are counted: letters that fold alike are others
ACCOUNT_SESSION_REMEMBER = False
# Failed passwords and codes are counted by identity's own commands; these are the coarse ones around them.
ACCOUNT_RATE_LIMITS = {"login": "300/m/ip", "login_failed": "60/m/ip,10/300s/key", "reauthenticate": "30/m/user"}
ACCOUNT_LOGIN_TIMEOUT = 600
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
MFA_ADAPTER = "yiwang.commons.identity.adapters.entry.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_USER_VERIFICATION = "required"  # else a challenge of the second step opens a stolen key without its PIN
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = False
MFA_FORMS = {
    "authenticate": "yiwang.commons.identity.views.entry.forms.SecondFactor",
    "reauthenticate": "yiwang.commons.identity.views.entry.forms.SecondFactorAgain",
    "login_webauthn": "yiwang.commons.identity.views.entry.forms.PasskeyLogin",
}

SOCIALACCOUNT_ADAPTER = "yiwang.commons.identity.adapters.outside.OutsideAdapter"
SOCIALACCOUNT_PROVIDERS = outside.providers(_s.outside_logins)
SOCIALACCOUNT_AUTO_SIGNUP = SOCIALACCOUNT_EMAIL_AUTHENTICATION = SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_QUERY_EMAIL = SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_OPENID_CONNECT_URL_PREFIX = "oidc"
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5
IDP_OIDC_ADAPTER = "yiwang.commons.identity.adapters.openid.OpenIdAdapter"
IDP_OIDC_ACCESS_TOKEN_EXPIRES_IN = 600
IDP_OIDC_ID_TOKEN_EXPIRES_IN = 300

SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _s.https
CSRF_COOKIE_HTTPONLY = False
CSRF_FAILURE_VIEW = "yiwang.web.errors.csrf_failure"
SECURE_SSL_REDIRECT = _s.https
SECURE_HSTS_SECONDS = 31_536_000 if _s.https else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _s.behind_proxy else None
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
BODY_LIMIT = (_s.upload_limit_mb + 1) * 1024 * 1024

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "yiwang_language"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
LOCALE_PATHS = [Path(__file__).parent / "locale"]

STATIC_URL = "/static/"
STATIC_ROOT = _s.data_dir / "static"
WHITENOISE_MAX_AGE = 31_536_000
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "yiwang.web.staticfiles.ModuleStaticFilesStorage"},
}
MEDIA_ROOT = _s.data_dir / "uploads"

PROCRASTINATE_ON_APP_READY = None
SILENCED_SYSTEM_CHECKS = ["models.W042"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": _s.log_level},
    "loggers": {
        "procrastinate": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
        "fontTools": {"level": "WARNING"},  # its glyph lists spell the names that stand on papers
    },
}

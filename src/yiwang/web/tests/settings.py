"""The least that the design system needs to run by itself."""

SECRET_KEY = "only for tests"
DEBUG = False
ALLOWED_HOSTS = ["*"]
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
USE_I18N = True
INSTALLED_APPS = ["django.contrib.staticfiles", "django.contrib.messages", "yiwang.web"]
MIDDLEWARE = [
    "yiwang.web.middleware.ShellMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "yiwang.web.middleware.ErrorMiddleware",
]
ROOT_URLCONF = "yiwang.web.tests.urls"
CSRF_FAILURE_VIEW = "yiwang.web.errors.csrf_failure"
STATIC_URL = "/static/"
LOGIN_URL = "/login/"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"], "string_if_invalid": ""},
    }
]
DATABASES: dict[str, dict[str, str]] = {}

"""A department's Django site that logs people in with mozilla-django-oidc: `mozilla_site.py PORT PROVIDER CLIENT SECRET`."""

import sys
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
from django.conf import settings

PORT, PROVIDER, CLIENT, SECRET = sys.argv[1:]
HERE = f"http://127.0.0.1:{PORT}"
settings.configure(
    SECRET_KEY="sample",
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["127.0.0.1"],
    USE_TZ=True,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "file:site?mode=memory&cache=shared"}},
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "mozilla_django_oidc",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    AUTHENTICATION_BACKENDS=[f"{__name__}.Backend"],
    LOGIN_REDIRECT_URL="/",
    LOGOUT_REDIRECT_URL="/",
    ALLOW_LOGOUT_GET_METHOD=True,
    OIDC_RP_CLIENT_ID=CLIENT,
    OIDC_RP_CLIENT_SECRET=SECRET,
    OIDC_RP_SIGN_ALGO="RS256",
    OIDC_RP_SCOPES="openid profile",
    OIDC_USE_PKCE=True,
    OIDC_STORE_ID_TOKEN=True,
    OIDC_OP_JWKS_ENDPOINT=f"{PROVIDER}/oidc/jwks.json",
    OIDC_OP_AUTHORIZATION_ENDPOINT=f"{PROVIDER}/oidc/authorize",
    OIDC_OP_TOKEN_ENDPOINT=f"{PROVIDER}/oidc/token",
    OIDC_OP_USER_ENDPOINT=f"{PROVIDER}/oidc/userinfo",
    OIDC_OP_LOGOUT_URL_METHOD=f"{__name__}.leaving",
)
django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.urls import include, path  # noqa: E402
from django.utils.http import urlencode  # noqa: E402
from mozilla_django_oidc.auth import OIDCAuthenticationBackend  # noqa: E402


class Backend(OIDCAuthenticationBackend):
    """Knows people by `sub`, calls them by `name`."""

    def verify_claims(self, claims):
        return "name" in claims

    def filter_users_by_claims(self, claims):
        return User.objects.filter(username=claims["sub"])

    def create_user(self, claims):
        return User.objects.create(username=claims["sub"], first_name=claims["name"])


def leaving(request):
    hint = {"id_token_hint": request.session["oidc_id_token"], "post_logout_redirect_uri": f"{HERE}/"}
    return f"{PROVIDER}/oidc/logout?{urlencode(hint)}"


def home(request):
    return HttpResponse(f"hello {request.user.first_name}" if request.user.is_authenticated else "nobody")


urlpatterns = [path("", home), path("oidc/", include("mozilla_django_oidc.urls"))]


class Quiet(WSGIRequestHandler):
    def log_message(self, *_args):
        """Silence."""


if __name__ == "__main__":
    sys.modules["mozilla_site"] = sys.modules["__main__"]
    call_command("migrate", verbosity=0)
    make_server("127.0.0.1", int(PORT), get_wsgi_application(), handler_class=Quiet).serve_forever()

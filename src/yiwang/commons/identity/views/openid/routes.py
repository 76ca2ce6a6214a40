"""Addresses of one login for other systems: the protocol under /oidc/, pages under /apps/ and /work/systems/."""

from django.http import HttpRequest
from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _

from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.contracts.openid import REQUEST_CLIENTS, REVIEW_CLIENTS
from yiwang.commons.identity.views.openid import authorize, clients, device, discovery, launcher, logout, tokens
from yiwang.web.registry import Area, NavEntry, register_nav

_own = [
    path("oidc/.well-known/openid-configuration", discovery.configuration, name="configuration"),
    path(".well-known/oauth-authorization-server/oidc", discovery.configuration, name="metadata"),
    path("oidc/jwks.json", discovery.jwks, name="jwks"),
    path("oidc/authorize", authorize.authorize, name="authorize"),
    path("oidc/token", tokens.token, name="token"),
    path("oidc/revoke", tokens.revoke, name="revoke"),
    path("oidc/introspect", tokens.introspect, name="introspect"),
    path("oidc/userinfo", tokens.userinfo, name="userinfo"),
    path("oidc/device/code", tokens.device_code, name="device_code"),
    path("oidc/device", device.device, name="device"),
    path("oidc/logout", logout.logout, name="logout"),
    path("apps/", launcher.launcher, name="launcher"),
    path("apps/consents/<uuid:system_id>/", launcher.withdraw, name="withdraw"),
    path("work/systems/", clients.systems, name="systems"),
    path("work/systems/requests/", clients.requests, name="requests"),
    path("work/systems/requests/new/", clients.new, name="new"),
    path("work/systems/requests/<uuid:request_id>/", clients.request_page, name="request"),
    path("work/systems/<uuid:system_id>/", clients.system, name="system"),
    path("work/systems/<uuid:system_id>/change/", clients.change, name="change"),
    path("work/systems/<uuid:system_id>/secret/", clients.secret, name="secret"),
]

urlpatterns = [path("", include((_own, "openid")))]


def register() -> None:
    """The systems, for those who ask for them or decide; the launcher is in the account's menu. Called once at start-up."""
    register_nav(NavEntry("systems", _("接入系统"), lambda: reverse("openid:systems"), Area.WORK, 92, _keeps_systems))


def _keeps_systems(request: HttpRequest) -> bool:
    return bool(identity.held_in_menu(request, REQUEST_CLIENTS, REVIEW_CLIENTS))

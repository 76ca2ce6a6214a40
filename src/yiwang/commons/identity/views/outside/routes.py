"""Addresses of outside log-ins. Callbacks keep the names that allauth reverses; it sets nobody out by itself."""

from collections.abc import Callable
from functools import wraps

from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.dingtalk import views as dingtalk
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from allauth.socialaccount.providers.weixin import views as weixin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.views.generic import RedirectView

from yiwang.commons.identity.views.outside import pages

_TO_LOGIN = RedirectView.as_view(pattern_name="account_login")


def _connected(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A provider that is not connected has no page."""

    @wraps(view)
    def answered(request: HttpRequest) -> HttpResponse:
        try:
            return view(request)
        except SocialApp.DoesNotExist:
            raise Http404 from None

    return answered


urlpatterns = [
    path("account/outside/", pages.links, name="outside_links"),
    path("account/outside/", pages.links, name="socialaccount_connections"),
    path("account/outside/link/", pages.link, name="outside_link"),
    path("account/outside/go/<slug:key>/", pages.begin, name="outside_begin"),
    path("account/outside/cancelled/", _TO_LOGIN, name="socialaccount_login_cancelled"),
    path("account/outside/failed/", _TO_LOGIN, name="socialaccount_login_error"),
    path("account/outside/closed/", _TO_LOGIN, name="socialaccount_signup"),
    path("account/outside/oidc/<slug:provider_id>/callback/", openid_connect.callback, name="openid_connect_callback"),
    path("account/outside/weixin/callback/", _connected(weixin.oauth2_callback), name="weixin_callback"),
    path("account/outside/dingtalk/callback/", _connected(dingtalk.oauth2_callback), name="dingtalk_callback"),
]

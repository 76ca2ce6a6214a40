"""Root URLs: one list, from the contexts' own."""

from importlib import import_module

from django.urls import include, path

from yiwang.site.api import api
from yiwang.site.contexts import modules
from yiwang.site.health import healthz

handler400 = "yiwang.web.errors.bad_request"
handler403 = "yiwang.web.errors.permission_denied"
handler404 = "yiwang.web.errors.page_not_found"
handler429 = "yiwang.commons.identity.views.too_many"
handler500 = "yiwang.web.errors.server_error"

urlpatterns = [
    path("healthz", healthz),
    path("api/v1/", api.urls),
    path("", include("yiwang.web.urls")),
    *(path("", include(import_module(name))) for name in modules("urls")),
]

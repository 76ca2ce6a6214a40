"""Addresses under /account/. Log-in, log-out and password change keep the names that allauth reverses."""

from django.urls import include, path

from yiwang.commons.identity import views
from yiwang.commons.identity.views.entry import routes as entry
from yiwang.commons.identity.views.openid import routes as openid
from yiwang.commons.identity.views.outside import routes as outside
from yiwang.commons.identity.views.people import routes as people
from yiwang.commons.identity.views.real import routes as real
from yiwang.commons.identity.views.scim import routes as scim

own = [
    *entry.own,
    path("acting/", views.acting, name="acting"),
    path("office/", views.office, name="office"),
]

urlpatterns = [
    *entry.urlpatterns,
    path("account/", include((own, "identity"))),
    *openid.urlpatterns,
    *outside.urlpatterns,
    *people.urlpatterns,
    *real.urlpatterns,
    *scim.urlpatterns,
]

"""Addresses under /account/. Log-in, log-out and password change keep the names that allauth reverses."""

from django.urls import include, path

from yiwang.commons.identity import views
from yiwang.commons.identity.views.people import routes as people

own = [
    path("acting/", views.acting, name="acting"),
    path("office/", views.office, name="office"),
]

urlpatterns = [
    path("account/login/", views.Login.as_view(), name="account_login"),
    path("account/logout/", views.Logout.as_view(), name="account_logout"),
    path("account/password/", views.PasswordChange.as_view(), name="account_change_password"),
    path("account/", include((own, "identity"))),
    *people.urlpatterns,
]

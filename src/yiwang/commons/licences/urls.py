"""Addresses of licences: the wallet, the checker's page, the officials' pages."""

from django.urls import path

from yiwang.commons.licences import views

app_name = "licences"
urlpatterns = [
    path("mine/licences/<uuid:licence_id>/", views.licence, name="licence"),
    path("mine/licences/<uuid:licence_id>/verified/", views.verified, name="verified"),
]

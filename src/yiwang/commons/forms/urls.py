"""Addresses of forms' fragments."""

from django.urls import path

from yiwang.commons.forms import views

app_name = "forms"
urlpatterns = [
    path("forms/regions", views.regions, name="regions"),
    path("forms/drafts/<uuid:draft_id>/materials/<str:material>", views.upload, name="upload"),
]

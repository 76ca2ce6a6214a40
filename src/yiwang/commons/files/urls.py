"""Addresses of files."""

from django.urls import path

from yiwang.commons.files import views

app_name = "files"
urlpatterns = [
    path("files/<uuid:file_id>", views.download, name="download"),
    path("files/<uuid:file_id>/preview", views.preview, name="preview"),
]

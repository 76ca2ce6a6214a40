"""Addresses of the design system itself: language, print size, the style page."""

from django.urls import path
from django.views.i18n import set_language

from yiwang.web import views

app_name = "web"
urlpatterns = [
    path("language/", set_language, name="language"),
    path("print-size/", views.print_size, name="print_size"),
    path("style/", views.style, name="style"),
]

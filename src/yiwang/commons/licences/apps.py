"""Wires licences."""

from django.apps import AppConfig


class LicencesConfig(AppConfig):
    name = "yiwang.commons.licences"
    label = "commons_licences"
    verbose_name = "电子证照"

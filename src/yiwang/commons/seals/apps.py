"""Wires seals."""

from django.apps import AppConfig


class SealsConfig(AppConfig):
    name = "yiwang.commons.seals"
    label = "commons_seals"
    verbose_name = "电子印章"

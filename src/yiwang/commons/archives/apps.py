"""Wires archives."""

from django.apps import AppConfig


class ArchivesConfig(AppConfig):
    name = "yiwang.commons.archives"
    label = "commons_archives"
    verbose_name = "电子档案"

"""Wires privacy."""

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "yiwang.commons.privacy"
    label = "commons_privacy"
    verbose_name = "个人信息保护"

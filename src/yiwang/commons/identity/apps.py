"""Wires identity into Django: the account events of third-party apps are audited by one handler."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "yiwang.commons.identity"
    label = "commons_identity"
    verbose_name = "identity"

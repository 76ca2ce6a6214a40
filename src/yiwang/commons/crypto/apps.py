"""Wires crypto."""

from django.apps import AppConfig


class CryptoConfig(AppConfig):
    name = "yiwang.commons.crypto"
    label = "commons_crypto"
    verbose_name = "密码资源池"

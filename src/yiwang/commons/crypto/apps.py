"""Wires crypto: fields are encrypted by its keys."""

from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from yiwang.commons.crypto.registry import MasterKeys


class CryptoConfig(AppConfig):
    name = "yiwang.commons.crypto"
    label = "commons_crypto"
    verbose_name = "密码资源池"

    def ready(self) -> None:
        import atexit

        from yiwang.commons.crypto import adapters, registry, tasks, urls  # noqa: F401  tasks register themselves
        from yiwang.commons.crypto.commands.accounting import write_uses
        from yiwang.commons.crypto.queries.keyring import RING
        from yiwang.kernel import cipher

        registry.provide_master_keys(_master_keys())
        RING.write = write_uses
        atexit.register(RING.flush)
        cipher.provide(adapters.PoolCipher)
        urls.register()


def _master_keys() -> "MasterKeys":
    """In files, or where a token is named in the token; what the token needs is loaded when it is first used."""
    from yiwang.commons.crypto.contrib.master_files import MasterFiles
    from yiwang.kernel.settings import settings

    files = MasterFiles(lambda: settings().data_dir / "keys")
    here = settings()
    if not here.pkcs11_module:
        return files
    from yiwang.commons.crypto.contrib.master_tokens import MasterTokens
    from yiwang.commons.crypto.engine.devices.pkcs11 import Pkcs11Token

    def token() -> Pkcs11Token:
        pin = here.pkcs11_pin_file.read_text("utf-8").strip() if here.pkcs11_pin_file else ""
        return Pkcs11Token(here.pkcs11_module, label=here.pkcs11_token, pin=pin)

    return MasterTokens(token, here.pkcs11_token, files)

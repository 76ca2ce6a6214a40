"""Wires crypto: fields are encrypted by its keys."""

from django.apps import AppConfig


class CryptoConfig(AppConfig):
    name = "yiwang.commons.crypto"
    label = "commons_crypto"
    verbose_name = "密码资源池"

    def ready(self) -> None:
        import atexit

        from yiwang.commons.crypto import adapters, registry, tasks, urls  # noqa: F401  tasks register themselves
        from yiwang.commons.crypto.commands.accounting import write_uses
        from yiwang.commons.crypto.contrib.master_files import MasterFiles
        from yiwang.commons.crypto.queries.keyring import RING
        from yiwang.kernel import cipher
        from yiwang.kernel.settings import settings

        registry.provide_master_keys(MasterFiles(lambda: settings().data_dir / "keys"))
        RING.write = write_uses
        atexit.register(RING.flush)
        cipher.provide(adapters.PoolCipher)
        urls.register()

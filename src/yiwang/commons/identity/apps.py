"""Wires identity into Django: the account events of third-party apps are audited by one handler."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "yiwang.commons.identity"
    label = "commons_identity"
    verbose_name = "identity"

    def ready(self) -> None:
        from yiwang.commons.identity import adapters, pack, tasks, views  # noqa: F401  they register themselves
        from yiwang.commons.identity.views.people import routes as people
        from yiwang.web.registry import register_account, register_acting_for

        adapters.connect()
        register_account(views.account_slot)
        register_acting_for(views.acting_slot)
        people.register()

"""Wires identity into Django: the account events of third-party apps are audited by one handler."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "yiwang.commons.identity"
    label = "commons_identity"
    verbose_name = "identity"

    def ready(self) -> None:
        from yiwang.commons.identity import adapters, handlers, pack, tasks, views  # noqa: F401  they register themselves
        from yiwang.commons.identity.contrib import embedded
        from yiwang.commons.identity.policies.real_names import REVIEW
        from yiwang.commons.identity.registry import let_stand_in
        from yiwang.commons.identity.views.openid import routes as openid
        from yiwang.commons.identity.views.people import routes as people
        from yiwang.commons.identity.views.real import routes as real
        from yiwang.kernel.settings import settings
        from yiwang.web.registry import register_account, register_acting_for

        adapters.connect()
        register_account(views.account_slot)
        register_acting_for(views.acting_slot)
        openid.register()
        people.register()
        real.register()
        let_stand_in(REVIEW)
        if settings().demo:  # a real installation connects the registers of the police and the market regulator
            embedded.connect(settings().pack)

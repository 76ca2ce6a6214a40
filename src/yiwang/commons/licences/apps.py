"""Wires licences."""

from django.apps import AppConfig


class LicencesConfig(AppConfig):
    name = "yiwang.commons.licences"
    label = "commons_licences"
    verbose_name = "电子证照"

    def ready(self) -> None:
        from yiwang.commons.files import registry as files
        from yiwang.commons.files.contracts import MediaType, Purpose
        from yiwang.commons.identity.registry.real_names import provide_family_register
        from yiwang.commons.licences import handlers, pack, tasks, urls  # noqa: F401  they register themselves
        from yiwang.commons.licences.adapters import BirthCertificates, watch_files
        from yiwang.commons.licences.commands import FILE_PURPOSE, SHARED, SHOWN, VIEWED
        from yiwang.commons.licences.contracts import LICENCE
        from yiwang.commons.licences.contrib.sources import connect
        from yiwang.commons.licences.queries import may_read_files
        from yiwang.commons.privacy import registry as privacy
        from yiwang.kernel.settings import settings
        from yiwang.kernel.text import gettext_noop as _

        urls.register()
        provide_family_register(BirthCertificates())
        if sources := settings().licence_sources:
            connect(sources)
        files.register_purpose(Purpose(FILE_PURPOSE, frozenset({MediaType.OFD, MediaType.PDF}), 4 * 1024 * 1024))
        files.register_reader(LICENCE, may_read_files)
        files.register_watcher(LICENCE, watch_files)
        privacy.register_purpose(SHOWN, _("查验您出示的证照"))
        privacy.register_purpose(VIEWED, _("颁发、管理证照或者办理您的事"))
        privacy.register_purpose(SHARED, _("部门之间共享电子证照"))

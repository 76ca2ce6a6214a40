"""Wires archives."""

from django.apps import AppConfig


class ArchivesConfig(AppConfig):
    name = "yiwang.commons.archives"
    label = "commons_archives"
    verbose_name = "电子档案"

    def ready(self) -> None:
        from yiwang.commons.archives import handlers, registry, tasks, urls  # noqa: F401  they register themselves
        from yiwang.commons.files.contrib.folder import FolderBlobs
        from yiwang.kernel.settings import settings

        registry.provide_packages(FolderBlobs(settings().data_dir / "archives" / "packages"))
        urls.register()

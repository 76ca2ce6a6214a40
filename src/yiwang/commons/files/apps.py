"""Wires files: the folder of blobs and the purposes that every form needs."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "yiwang.commons.files"
    label = "commons_files"
    verbose_name = "上传文件"

    def ready(self) -> None:
        from yiwang.commons.files import registry
        from yiwang.commons.files.contrib.folder import FolderBlobs
        from yiwang.kernel.settings import settings

        registry.provide_blobs(FolderBlobs(settings().data_dir / "files"))
        registry.register_own_purposes(settings().upload_limit_mb)

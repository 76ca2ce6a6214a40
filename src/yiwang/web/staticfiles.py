"""How static files are named when they are served: with their checksum, modules that import each other too."""

from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]


class ModuleStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """What a module imports is named by its checksum in the import itself: no browser mixes two versions of a library."""

    support_js_module_import_aggregation = True

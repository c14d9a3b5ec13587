"""How static files are named when they are collected."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Every file's name carries the hash of its content, those that JavaScript modules import too."""

    support_js_module_import_aggregation = True

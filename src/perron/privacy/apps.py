from importlib import import_module

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    """The package `privacy`."""

    name = "perron.privacy"
    label = "privacy"

    def ready(self) -> None:
        """Let queries use the lookup `among`."""
        import_module("perron.privacy.among")

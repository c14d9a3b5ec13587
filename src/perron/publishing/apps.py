from importlib import import_module

from django.apps import AppConfig


class PublishingConfig(AppConfig):
    """The package `publishing`."""

    name = "perron.publishing"
    label = "publishing"

    def ready(self) -> None:
        """Say what goes along when a partner leaves."""
        import_module("perron.publishing.registering")

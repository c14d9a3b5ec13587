from importlib import import_module

from django.apps import AppConfig


class OutreachConfig(AppConfig):
    """The package `outreach`."""

    name = "perron.outreach"
    label = "outreach"

    def ready(self) -> None:
        """Say what of it goes along when a partner leaves; campaigns are a source of deliveries."""
        import_module("perron.outreach.registering")

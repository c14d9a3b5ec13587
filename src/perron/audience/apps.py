from importlib import import_module

from django.apps import AppConfig


class AudienceConfig(AppConfig):
    """The package `audience`."""

    name = "perron.audience"
    label = "audience"

    def ready(self) -> None:
        """Have unsubscriptions repeated after a restore, and subscriptions end with the contract of the partner."""
        for rule in ("leaving", "winding_down"):
            import_module(f"perron.audience.{rule}")

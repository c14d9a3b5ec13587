from importlib import import_module

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    """The package `delivery`."""

    name = "perron.delivery"
    label = "delivery"

    def ready(self) -> None:
        """Say what goes along when a partner leaves, of this package and of `audience`; releases, takeovers
        and digests are sources."""
        import_module("perron.delivery.registering")

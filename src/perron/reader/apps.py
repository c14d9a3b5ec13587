from importlib import import_module

from django.apps import AppConfig


class ReaderConfig(AppConfig):
    """The package `reader`."""

    name = "perron.reader"
    label = "reader"

    def ready(self) -> None:
        """Tell `delivery` how an item is answered to other programs."""
        import_module("perron.reader.registering")

from django.apps import AppConfig


class ReaderConfig(AppConfig):
    """The package `reader`."""

    name = "perron.reader"
    label = "reader"

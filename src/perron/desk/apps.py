from django.apps import AppConfig


class DeskConfig(AppConfig):
    """The package `desk`."""

    name = "perron.desk"
    label = "desk"

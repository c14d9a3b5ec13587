from django.apps import AppConfig


class StudioConfig(AppConfig):
    """The package `studio`."""

    name = "perron.studio"
    label = "studio"

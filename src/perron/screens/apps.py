from django.apps import AppConfig


class ScreensConfig(AppConfig):
    """The package `screens`."""

    name = "perron.screens"
    label = "screens"

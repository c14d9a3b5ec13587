from django.apps import AppConfig


class PublishingConfig(AppConfig):
    """The package `publishing`."""

    name = "perron.publishing"
    label = "publishing"

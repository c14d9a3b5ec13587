from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    """The package `channels`."""

    name = "perron.channels"
    label = "channels"

from django.apps import AppConfig


class LettersConfig(AppConfig):
    """The package `letters`."""

    name = "perron.letters"
    label = "letters"

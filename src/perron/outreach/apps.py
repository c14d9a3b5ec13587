from django.apps import AppConfig


class OutreachConfig(AppConfig):
    """The package `outreach`."""

    name = "perron.outreach"
    label = "outreach"

from django.apps import AppConfig


class StatisticsConfig(AppConfig):
    """The package `statistics`."""

    name = "perron.statistics"
    label = "statistics"

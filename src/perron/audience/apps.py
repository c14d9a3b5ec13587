from django.apps import AppConfig


class AudienceConfig(AppConfig):
    """The package `audience`."""

    name = "perron.audience"
    label = "audience"

    def ready(self) -> None:
        """Have unsubscriptions repeated after a restore, and subscriptions end with the contract of the partner."""
        from perron.audience import leaving, winding_down  # noqa: F401, PLC0415 register their rules

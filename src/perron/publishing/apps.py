from django.apps import AppConfig


class PublishingConfig(AppConfig):
    """The package `publishing`."""

    name = "perron.publishing"
    label = "publishing"

    def ready(self) -> None:
        """Say what goes along when a partner leaves."""
        from perron.publishing.handing_over.own import register_own  # noqa: PLC0415 there are models only now

        register_own()

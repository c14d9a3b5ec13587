from django.apps import AppConfig


class ReaderConfig(AppConfig):
    """The package `reader`."""

    name = "perron.reader"
    label = "reader"

    def ready(self) -> None:
        """Tell `delivery` how an item is answered to other programs."""
        from perron.delivery.calling import told_by  # noqa: PLC0415 there are models only now
        from perron.reader.api.at_home import told  # noqa: PLC0415

        told_by(told)

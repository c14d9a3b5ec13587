from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    """The package `delivery`."""

    name = "perron.delivery"
    label = "delivery"

    def ready(self) -> None:
        """Say what goes along when a partner leaves, of this package and of `audience`; releases, takeovers
        and digests are sources."""
        from perron.delivery import releases, takeovers  # noqa: PLC0415 there are models only now
        from perron.delivery.digests import rounds, source  # noqa: PLC0415
        from perron.delivery.handing_over import register_own  # noqa: PLC0415
        from perron.delivery.sources import register  # noqa: PLC0415

        register_own()
        register(releases.NAME, releases.Releases())
        register(takeovers.NAME, takeovers.Takeovers())
        register(rounds.NAME, source.Digests())

from django.apps import AppConfig

_OPERATORS = "what people write to the operator, who answers for it"
_NEWS = "the operator's own newsletter"


class OutreachConfig(AppConfig):
    """The package `outreach`."""

    name = "perron.outreach"
    label = "outreach"

    def ready(self) -> None:
        """Say what of it goes along when a partner leaves; campaigns are a source of deliveries."""
        from perron.delivery import sources  # noqa: PLC0415 there are models only now
        from perron.outreach.newsletter.delivering import Campaigns  # noqa: PLC0415
        from perron.outreach.newsletter.sending import SOURCE  # noqa: PLC0415
        from perron.publishing.handing_over.parts import register  # noqa: PLC0415 there are models only now

        register(
            stays={
                "outreach.conversation": _OPERATORS,
                "outreach.message": _OPERATORS,
                "outreach.newsreader": _NEWS,
                "outreach.campaign": _NEWS,
            }
        )
        sources.register(SOURCE, Campaigns())

from django.apps import AppConfig


class CommunitiesConfig(AppConfig):
    """The package `communities`."""

    name = "perron.communities"
    label = "communities"

    def ready(self) -> None:
        """Answer what the rules below must know."""
        from perron.communities.rights import answer_privacy  # noqa: PLC0415 models are loaded now only

        answer_privacy()

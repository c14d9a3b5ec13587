from importlib import import_module

from django.apps import AppConfig


class CommunitiesConfig(AppConfig):
    """The package `communities`."""

    name = "perron.communities"
    label = "communities"

    def ready(self) -> None:
        """Answer what the rules below must know: who the tenants are, who has which rights, and who is a client."""
        import_module("perron.communities.registering")
        import_module("perron.communities.contracting.clients")
        # `perron restore` loads no more of the program than this, and replays what the journal says.
        for replaying in ("contracting.ending", "syncing.keeping"):
            import_module(f"perron.communities.{replaying}")

from importlib import import_module

from django.apps import AppConfig

from perron.privacy.tenancy.paths import tenants_are


class CommunitiesConfig(AppConfig):
    """The package `communities`."""

    name = "perron.communities"
    label = "communities"

    def ready(self) -> None:
        """Answer what the rules below must know: who the tenants are, who has which rights, and who is a client."""
        from perron.communities.models import Partner  # noqa: PLC0415 models are loaded now only
        from perron.communities.rights import answer_privacy  # noqa: PLC0415 models are loaded now only

        tenants_are(Partner)
        answer_privacy()
        import_module("perron.communities.contracting.clients")
        # `perron restore` loads no more of the program than this, and replays what the journal says.
        for replaying in ("contracting.ending", "syncing.keeping"):
            import_module(f"perron.communities.{replaying}")

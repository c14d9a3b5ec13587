from importlib import import_module

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The package `accounts`."""

    name = "perron.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Let privacy know who has an account, as whom else they are known, and whom its announcements concern."""
        # `perron restore` loads no more of the program than this, and replays what the journal says.
        import_module("perron.accounts.closing")
        import_module("perron.accounts.standing")
        import_module("perron.accounts.concerning")
        import_module("perron.accounts.same_person")

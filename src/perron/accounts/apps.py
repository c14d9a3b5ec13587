from importlib import import_module

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The package `accounts`."""

    name = "perron.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Let privacy know who has an account, and whom its announcements concern."""
        import_module("perron.accounts.standing")
        import_module("perron.accounts.concerning")

from importlib import import_module

from django.apps import AppConfig, apps
from django.core.exceptions import ImproperlyConfigured


class PrivacyConfig(AppConfig):
    """The package `privacy`."""

    name = "perron.privacy"
    label = "privacy"

    def ready(self) -> None:
        """Let queries use the lookup `among`, and have the journal know in every process what it replays.

        Refuses settings that leave out who keeps the gate.
        """
        if not apps.is_installed("perron.project"):
            raise ImproperlyConfigured("INSTALLED_APPS lacks perron.project, which keeps the gate; add it as the last.")
        import_module("perron.privacy.among")
        for rules in ("consents", "erasing", "objections", "restrictions"):
            import_module(f"perron.privacy.{rules}")

from django.apps import AppConfig

from perron.privacy.gate import keep


class ProjectConfig(AppConfig):
    """Last in INSTALLED_APPS: when it is ready, every table is known and the gate can look at them all."""

    name = "perron.project"
    label = "project"

    def ready(self) -> None:
        """Refuse to go on while any table, file, cache or log is undeclared."""
        keep()

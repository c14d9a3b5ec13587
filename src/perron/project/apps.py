from collections.abc import Sequence
from importlib import import_module
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate, pre_migrate

from perron.core.waking import listen
from perron.privacy.gate import keep
from perron.privacy.gate.collecting import tables
from perron.privacy.tenancy import logins, rows
from perron.privacy.tenancy.paths import tenants_of
from perron.privacy.tenancy.within import declare
from perron.project.nudging import nudge


class ProjectConfig(AppConfig):
    """Last in INSTALLED_APPS: when it is ready, every table is known and the gate can look at them all."""

    name = "perron.project"
    label = "project"

    def ready(self) -> None:
        """Refuse to go on while any table, file, cache or log is undeclared; guard the tables when they are made."""
        import_module("perron.project.demo.excusing")
        keep()
        listen(nudge)
        if settings.PERRON_TASKS == "celery":
            import_module("perron.project.celery")
        register(logins.check_login, Tags.security, deploy=True)
        declare({table.model: said for table in tables() if (said := tenants_of(table))})
        # Once: of the apps that have tables, one is as good as another.
        pre_migrate.connect(_stand_aside, sender=apps.get_app_config("privacy"))
        post_migrate.connect(_guard, sender=apps.get_app_config("privacy"))


def _stand_aside(plan: Sequence[Any], **_more: Any) -> None:
    if plan:
        rows.stand_aside()


def _guard(**_more: Any) -> None:
    rows.guard()

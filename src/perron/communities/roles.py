"""The roles that there are, and where each can be held."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(StrEnum):
    """What a role is held at, and a permission exercised on: the operator, a partner, a community."""

    OPERATOR = "operator"
    PARTNER = "partner"
    COMMUNITY = "community"


class Role(models.TextChoices):
    """What somebody is. What that allows is in `permissions`."""

    ADMINISTRATOR = "administrator", _("Administrator")
    EDITOR = "editor", _("Editor")
    AUTHOR = "author", _("Author")
    SUPPORT = "support", _("Support")
    ACCOUNTANT = "accountant", _("Accountant")
    DPO = "dpo", _("Data-protection officer")


ROLES: Mapping[Level, tuple[Role, ...]] = MappingProxyType({
    Level.OPERATOR: (Role.ADMINISTRATOR, Role.SUPPORT, Role.ACCOUNTANT, Role.DPO),
    Level.PARTNER: (Role.ADMINISTRATOR, Role.DPO),
    Level.COMMUNITY: (Role.ADMINISTRATOR, Role.EDITOR, Role.AUTHOR),
})  # fmt: skip

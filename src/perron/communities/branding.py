"""A platform's logo: taken by the image rules, put up and taken down."""

from typing import IO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from perron.communities import versions
from perron.communities.access import permit
from perron.communities.models import Platform
from perron.communities.permissions import FOUND
from perron.core import images
from perron.core.errors import NotStored
from perron.core.identifiers import uuid7
from perron.privacy.acting import Actor
from perron.privacy.auditing import record


def put_logo(platform: Platform, file: IO[bytes], *, by: Actor) -> None:
    """Make a square PNG of `file` the platform's logo, and forget the one before.

    Raises `NotAllowed`, `Refused`, `TooLarge`, or `NotStored` if the disk is full; then the old one stays.
    """
    permit(by, FOUND)
    png = images.square_png(file)
    name = f"logos/{uuid7()}.png"
    try:
        default_storage.save(name, ContentFile(png))
        _exchange(platform, name, by=by, verb="put logo")
    except OSError as error:
        default_storage.delete(name)
        raise NotStored(_("There is no room to keep this file. Nothing was saved; tell the operator.")) from error
    except BaseException:
        default_storage.delete(name)
        raise


def remove_logo(platform: Platform, *, by: Actor) -> None:
    """Show the initial on the platform's colour again. Raises `NotAllowed`."""
    permit(by, FOUND)
    _exchange(platform, "", by=by, verb="remove logo")


def _exchange(platform: Platform, name: str, *, by: Actor, verb: str) -> None:
    with transaction.atomic():
        row = Platform.objects.select_for_update().get(pk=platform.pk)
        former, row.logo.name = row.logo.name, name
        row.save(update_fields=["logo"])
        record(verb, row, by=by, tenant=row.partner_id)
        versions.bump([versions.of_platform(row)])
        if former:
            transaction.on_commit(lambda: default_storage.delete(former))
    platform.logo.name = name

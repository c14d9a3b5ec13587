"""A version of the policy that was announced is not changed any more: what people read and agreed to stays what it was.

Its files are remembered by their SHA-256 when it is announced; `perron policy check` and the worker compare.
"""

import hashlib
import logging
from collections.abc import Iterator

from django.conf import settings

from perron.privacy.notices import Announcement
from perron.privacy.policy.current import versions
from perron.privacy.policy.values import Policy

_log = logging.getLogger(__name__)


def seals(version: Policy) -> dict[str, str]:
    """Return the SHA-256 of each file of a version, by its name."""
    names = ["policy.toml", *(f"{language}.toml" for language in version.languages)]
    return {name: hashlib.sha256((version.folder / name).read_bytes()).hexdigest() for name in names}


def changed_versions() -> Iterator[str]:
    """Yield a sentence for each announced version that is gone, or of which a file is another one than it was."""
    here = {version.version.in_force: version for version in versions()}
    for row in Announcement.objects.exclude(seals={}).order_by("in_force"):
        version = here.get(row.in_force)
        if version is None:
            yield f"{settings.PERRON_POLICY}: the version of {row.in_force} was announced and is gone; put it back."
            continue
        now_sealed = seals(version)
        for name in sorted(name for name in row.seals if row.seals[name] != now_sealed.get(name)):
            yield (
                f"{version.folder / name}: was changed after it had been announced; put it back, and write what is new "
                "into a new version."
            )


def report_changes() -> int:
    """Log what `changed_versions` finds, and return how much it is. Run by the worker."""
    found = list(changed_versions())
    for gap in found:
        _log.error("The policy was changed: %s", gap)
    return len(found)

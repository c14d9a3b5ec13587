"""The policy in force. The rest of the program asks here, and nowhere keeps a copy."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from django.conf import settings

from perron.core import clock
from perron.privacy.policy.reading import BadPolicy, read_versions
from perron.privacy.policy.values import Policy

_replaced: ContextVar[Policy | None] = ContextVar("replaced_policy", default=None)


def policy() -> Policy:
    """Return the version that is in force today. Raises `BadPolicy`."""
    if replaced := _replaced.get():
        return replaced
    today = clock.today()
    in_force = [version for version in versions() if version.version.in_force <= today]
    if not in_force:
        raise BadPolicy(f"{settings.PERRON_POLICY}: no version is in force yet; check version.in_force.")
    return in_force[-1]


def versions() -> tuple[Policy, ...]:
    """Return every version of the operator's policy, announced ones included, oldest first. Raises `BadPolicy`."""
    return versions_in(Path(settings.PERRON_POLICY))


@contextmanager
def replace(other: Policy) -> Iterator[None]:
    """Within the block, `policy()` answers `other`: to try a change before it is in force, and for tests."""
    token = _replaced.set(other)
    try:
        yield
    finally:
        _replaced.reset(token)


@cache
def versions_in(folder: Path) -> tuple[Policy, ...]:
    """Return every version of the policy in `folder`, oldest first, read once. Raises `BadPolicy`."""
    return read_versions(folder)

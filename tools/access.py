"""Writes `docs/access.md` from the permissions and the routes: `python -m tools.access`."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import django
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.translation import override

from perron.communities.permissions import PERMISSIONS, Permission
from perron.communities.roles import ROLES, Level, Role

PAGE = Path(__file__).resolve().parent.parent / "docs" / "access.md"
_WHOSE = {Level.OPERATOR: "The operator", Level.PARTNER: "A partner", Level.COMMUNITY: "A community"}
_BEGIN, _END = "<!-- made by tools/access.py -->\n", "<!-- end -->\n"


def main() -> None:
    """Write the page anew; what people wrote before and after the made part stays."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "perron.project.settings")
    django.setup()
    PAGE.write_text(renewed(PAGE.read_text()))


def renewed(page: str) -> str:
    """Return the page with its made part as it is now."""
    before, _between, after = re.split(f"{_BEGIN}(.*){_END}", page, flags=re.DOTALL)
    with override("en"):
        return f"{before}{_BEGIN}\n{''.join(_made())}\n{_END}{after}"


def routes(
    patterns: Iterable[URLPattern | URLResolver] | None = None, prefix: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    """Yield every route with its address."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, address)
        else:
            yield address, pattern


def _made() -> Iterator[str]:
    for level in Level:
        yield from _matrix(level)
    yield "## Every address\n\n| address | who may |\n| --- | --- |\n"
    for address, route in sorted(routes(), key=lambda found: found[0]):
        yield f"| `/{_readable(address)}` | {_named(getattr(route.callback, 'who_may', 'nobody says'))} |\n"


def _matrix(level: Level) -> Iterator[str]:
    """Yield the table of what can be allowed at a level: a row for each permission, a column for each role."""
    permissions = [each for each in PERMISSIONS.values() if each.at == level]
    columns = [
        (above, role)
        for above in Level
        for role in ROLES[above]
        if any(role in each.held_by(above) for each in permissions)
    ]
    yield f"## {_WHOSE[level]}\n\n"
    yield f"| permission | allows to | {' | '.join(_column(*column) for column in columns)} |\n"
    yield f"| --- | --- |{' :-: |' * len(columns)}\n"
    for each in permissions:
        held = ("✓" if role in each.held_by(above) else "" for above, role in columns)
        source = " (sources too)" if each.source else ""
        yield f"| `{each.name}` | {each.allows}{source} | {' | '.join(held)} |\n"
    yield "\n"


def _column(level: Level, role: Role) -> str:
    whose = {Level.OPERATOR: "operator’s", Level.PARTNER: "partner’s", Level.COMMUNITY: "community’s"}[level]
    return f"{whose} {str(role.label).lower()}"


def _named(who_may: object) -> str:
    return f"`{who_may}`" if isinstance(who_may, Permission) else str(who_may)


def _readable(address: str) -> str:
    """Return an address with its parameters by name only; of a regular expression, what stands for them."""
    named = re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", r"{\1}", address)
    return (
        re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", named)
        .replace("^", "")
        .replace("$", "")
        .replace("\\", "")
        .replace("|", "\\|")
    )


if __name__ == "__main__":
    main()

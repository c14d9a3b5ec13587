"""The data-protection policy: the version in force, every other one, and what differs between any two."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from perron.communities import versions as of_public
from perron.communities.hosting import platform_of
from perron.core.clock import today
from perron.core.errors import NotFound
from perron.privacy.policy.comparing import compare
from perron.privacy.policy.current import policy, versions
from perron.privacy.policy.documents import Part
from perron.privacy.policy.rendering import page, words_for
from perron.privacy.policy.values import Policy
from perron.reader import framing
from perron.reader.public import at_the_edge, public
from perron.reader.website.truth import next_change


@at_the_edge()
def in_force(request: HttpRequest, language: str) -> HttpResponse:
    """Show the version that is in force today, and announce the next one (GDPR arts 13, 14; 13(3))."""
    return _shown(request, language, policy())


@at_the_edge()
def version(request: HttpRequest, language: str, day: date) -> HttpResponse:
    """Show the version that came, or comes, into force on `day`."""
    return _shown(request, language, _of(day))


@at_the_edge()
def changes(request: HttpRequest, language: str, day: date, other: date) -> HttpResponse:
    """Show what is different in the version of `other` from that of `day`, in words."""
    old, new = sorted((_of(day), _of(other)), key=lambda one: one.version.in_force)
    words = words_for(new, language)
    after = page(new, words)
    context = {
        "old": old.version,
        "new": new.version,
        "said": words.changes if _follows(old, new) else "",
        "changes": compare(page(old, words_for(old, language)), after),
        "others": _others(new),
    }
    return _framed(request, "reader/website/changes.html", context)


def _shown(request: HttpRequest, language: str, shown: Policy) -> HttpResponse:
    made = page(shown, words_for(shown, language))
    before = [one for one in versions() if one.version.in_force < shown.version.in_force]
    context: dict[str, Any] = {
        "operator": shown.operator,
        "policy": made,
        "version": shown.version,
        "announced": shown.version.in_force > today(),
        "superseded": shown is not policy() and shown.version.in_force <= today(),
        "coming": [one.version for one in versions() if one.version.in_force > today() and one is not shown],
        "before": before[-1].version if before else None,
        "others": _others(shown),
        "groups": _groups(made.parts),
        "rights_form": reverse("account:rights"),
    }
    return _framed(request, "reader/website/policy.html", context)


def _framed(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    platform = platform_of(request)
    response = framing.page(request, template, platform=platform, fictional=False, context=context)
    return public(response, on=[of_public.of_platform(platform)], until=next_change())


def _groups(parts: Sequence[Part]) -> list[tuple[str, str, list[Part]]]:
    """Return the parts as the page shows them: those of one sort together, under (id, heading)."""
    who, *rest = parts
    own = [part for part in rest if part.sort == "activity"]
    services = [part for part in rest if part.sort == "service"]
    found = [("", "", [who]), ("activities", _("What we use data for"), own)]
    if services:
        found.append(("services", _("What we do for our partners"), services))
    return [*found, *(("", "", [part]) for part in rest if part.sort == "plain")]


def _of(day: date) -> Policy:
    found = next((one for one in versions() if one.version.in_force == day), None)
    if found is None:
        raise NotFound(_("No version of the policy has this date."))
    return found


def _others(shown: Policy) -> list[Policy]:
    return [one for one in reversed(versions()) if one is not shown]


def _follows(old: Policy, new: Policy) -> bool:
    every = versions()
    return every.index(new) == every.index(old) + 1

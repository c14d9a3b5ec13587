"""Where a draft will be seen, and what the template of each place needs beyond the residents' page."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import segno
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from perron.communities.access import anyone
from perron.core.clock import today
from perron.delivery.previewing import as_mail, as_notification
from perron.publishing.addresses import absolute
from perron.publishing.models import Item, Release
from perron.publishing.presenting import Story


@dataclass(frozen=True)
class Channel:
    """A place where an item is seen; `frames` are the shapes in which the preview shows it. One that is a `part` of
    another has no tab of its own: its frame stands below those of the other."""

    slug: str
    label: Promise
    about: Promise
    frames: tuple[str, ...] = ("phone", "desktop")
    part: str = ""

    @property
    def template(self) -> str:
        """What is inside the frames."""
        return f"studio/previewed/{self.slug}.html"


CHANNELS = {
    channel.slug: channel
    for channel in (
        Channel("page", _("Page"), _("The item’s own page, in the app and on the web.")),
        Channel("card", _("In the list"), _("The card among others, in the app and on the community’s page.")),
        Channel("print", _("On paper"), _("What a resident’s printer makes of the page."), ("paper",)),
        Channel("screen", _("On a display"), _("The display in the hall, read from afar."), ("screen",)),
        Channel("mail", _("By e-mail"), _("What those get who subscribed by e-mail, as it comes.")),
        Channel("mail-text", _("By e-mail"), _("What programs show that show no pages."), ("plain",), part="mail"),
        Channel("push", _("On a device"), _("What those get who subscribed on a phone or a computer."), ("phone",)),
        Channel("feed", _("In a feed"), _("In a program that reads feeds: each has its own style.")),
    )
}

SHAPES = {
    "phone": _("On a phone"),
    "desktop": _("On a desktop"),
    "paper": _("On a sheet"),
    "screen": _("On a wide display"),
    "plain": _("As plain text"),
}


@dataclass(frozen=True)
class _Card:
    """What the display shows, as `reader.cards` has it for what is public."""

    story: Story
    next: Any


def needed(channel: Channel, item: Item, story: Story, times: list[Any]) -> dict[str, Any]:
    """Return what the channel's template needs beside the page's context."""
    following = times[0] if times else None
    if channel.slug == "card":
        card = get_template(story.card).render({"story": story, "next": following, "times": times})
        return {"card": mark_safe(card)}  # noqa: S308 a template rendered it
    if channel.slug == "screen":
        slide = {"card": _Card(story, following), "code": _code(absolute(story.path))}
        return {"slides": [slide], "day": today(), "own_code": ""}
    if channel.slug in {"mail", "mail-text"}:
        return as_mail(story, _next(item))
    if channel.slug == "push":
        return {"shown": as_notification(story, _next(item))}
    return {}


def shapes_of(channel: Channel) -> list[tuple[str, Promise, Channel]]:
    """Return the frames of a channel and of its parts: shape, its label, what is in it."""
    inside = [channel, *(each for each in CHANNELS.values() if each.part == channel.slug)]
    return [(shape, SHAPES[shape], each) for each in inside for shape in each.frames]


def _next(item: Item) -> str:
    """Return what a release would make of it: only of alerts, an update is sent as well."""
    is_update = item.kind == "alert" and item.is_public
    return Release.What.CORRECTED if is_update else Release.What.RELEASED


@anyone
def paper(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 a view
    """Answer with the rules for printing, without their condition: a frame looks like the sheet."""
    return HttpResponse(_paper(), content_type="text/css; charset=utf-8")


@cache
def _paper() -> str:
    found = [finders.find(name) for name in ("screens/perron.css", "reader/reader.css", "reader/pages.css")]
    sheets = [Path(path).read_text(encoding="utf-8") for path in found if isinstance(path, str)]
    return "\n".join(rules for sheet in sheets for rules in _print_rules(sheet))


def _print_rules(sheet: str) -> list[str]:
    """Return what stands in the `@media print` blocks of a stylesheet."""
    rules = []
    for start in re.finditer(r"@media print\s*\{", sheet):
        depth, end = 1, start.end()
        while depth and end < len(sheet):
            depth += {"{": 1, "}": -1}.get(sheet[end], 0)
            end += 1
        rules.append(sheet[start.end() : end - 1])
    return rules


def _code(address: str) -> SafeString:
    drawn = segno.make(address, error="m", micro=False).svg_inline(
        omitsize=True, border=2, svgclass="code", lineclass=""
    )
    return mark_safe(drawn)  # noqa: S308 a library drew it from an address

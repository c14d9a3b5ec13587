"""A community's latest items on its own website: a page to frame, and an element for who would rather not frame."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.csp import CSP
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csp import csp_override

from perron.communities import versions
from perron.communities.hosting import address_of, home, platform_of
from perron.core.errors import NotFound
from perron.publishing.kinds.registry import KINDS
from perron.publishing.models import Item
from perron.reader import framing
from perron.reader.cards import made, true_until
from perron.reader.elsewhere.leading import leading_to
from perron.reader.finding import community_here, topics
from perron.reader.merging import shown_once
from perron.reader.public import View, at_the_edge, public
from perron.reader.selecting import live_alerts, newest, next_alert
from perron.reader.sharing import for_programs

FEW, MOST = 5, 20
SCHEMES = ("light", "dark", "auto")

# Any site may frame it: there is nothing on it to press but links, and it knows nobody.
_FRAMED_ANYWHERE: dict[str, Collection[str]] = settings.SECURE_CSP | {
    "frame-ancestors": ["*"],
    "script-src": [CSP.NONE],
}

bare = leading_to("widget/")


@at_the_edge("kind", "topic", "most", "scheme")
@xframe_options_exempt
@csp_override(_FRAMED_ANYWHERE)
@for_programs
def widget(request: HttpRequest, language: str, community: str) -> HttpResponse:
    """Show a community's live alerts and its newest items.

    `kind`, `topic` and `most` choose among them, `scheme` the colours: most sites that frame it are light always.
    """
    platform = platform_of(request)
    found = community_here(community, platform)
    asked = _asked(request)
    items = Item.objects.released()
    if asked.kind:
        items = items.filter(kind=asked.kind)
    if asked.topic:
        items = items.filter(topics__slug=asked.topic)
    alerts = live_alerts(found) if not asked.kind else []
    items = items.exclude(pk__in=[row.item.pk for row in alerts])
    cards = shown_once(made([*alerts, *newest(items, found, asked.most)], language))
    response = framing.page(
        request,
        "reader/elsewhere/widget.html",
        platform=platform,
        fictional=found.fictional,
        community=found,
        indexed=False,
        context={
            "community": found,
            "name": found.name_in(language),
            "cards": cards,
            "scheme": asked.scheme,
            "at": address_of(home(found) or platform),
        },
    )
    moments = [true_until(cards), *filter(None, [next_alert(found)])]
    return public(response, on=[versions.of_platform(platform), versions.of_community(found)], until=min(moments))


def _file(name: str, media_type: str) -> View:
    """Answer with a file of the widget. Its address stays: it stands in other people's pages."""
    path = Path(__file__).parent.parent / "static" / "reader" / "elsewhere" / name

    @at_the_edge()
    @for_programs
    def view(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 a view
        response = HttpResponse(path.read_text(encoding="utf-8"), content_type=f"{media_type}; charset=utf-8")
        response["Cache-Control"] = "public, max-age=3600"
        return public(response, on=[])

    return view


component = _file("widget.js", "text/javascript")
style = _file("widget.css", "text/css")


@dataclass(frozen=True)
class _Asked:
    kind: str
    topic: str
    most: int
    scheme: str


def _asked(request: HttpRequest) -> _Asked:
    kind, topic, most, scheme = (request.GET.get(name, "") for name in ("kind", "topic", "most", "scheme"))
    known = (
        kind in {"", *KINDS}
        and (not topic or topic in {one.slug for one in topics()})
        and (most or str(FEW)) in {str(number) for number in range(1, MOST + 1)}
        and scheme in {"", *SCHEMES}
    )
    if not known:
        raise NotFound(_("There is nothing at this address."))
    return _Asked(kind, topic, int(most or FEW), scheme or SCHEMES[0])

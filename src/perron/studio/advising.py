"""The content check beside the editor, and the list of links that lead nowhere. Advice only; it remembers nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from perron.communities.access import powers, requires
from perron.communities.models import Community
from perron.communities.permissions import WRITE
from perron.core.clock import today
from perron.core.language import NAMES
from perron.publishing import drafting
from perron.publishing.advising.advice import advise
from perron.publishing.advising.finding import Draft, Finding
from perron.publishing.advising.links import addresses
from perron.publishing.content import Content
from perron.publishing.kinds.registry import KINDS
from perron.publishing.leading.telling import dead_among, leads_of, reason, unclear_among
from perron.publishing.models import Address, Item
from perron.studio.items import find
from perron.studio.writing import read

# As far back as somebody remembers what was corrected.
_REVISIONS = 30
_MOST_LINKS = 200


@dataclass(frozen=True)
class Advice:
    """A finding, and which question of the editor it is about."""

    finding: Finding
    where: str
    language: str

    @property
    def language_name(self) -> str:
        """The language's own name for itself."""
        return NAMES.get(self.language, "")


def advice_for(community: Community, kind: str, content: Content, item: Item | None) -> dict[str, Any]:
    """Return what the template of the content check needs."""
    draft = Draft(
        kind=kind,
        languages=community.languages,
        content=content,
        day=today(),
        earlier=_earlier(item) if item else (),
    )
    urls = addresses(draft)
    findings = advise(replace(draft, dead=dead_among(urls)) if urls else draft)
    return {
        "advice": [_placed(finding, kind, community) for finding in findings],
        "unclear_links": unclear_among(urls) if urls else [],
        "advised_at": _address(community, kind, item),
    }


@require_POST
@requires(WRITE)
def advised(request: HttpRequest, community: Community) -> HttpResponse:
    """Answer with the findings about the form as it stands, saved or not."""
    key, kind = request.GET.get("item", ""), request.GET.get("kind", "")
    item = find(community, _uuid(key)) if key else None
    kind = item.kind if item else kind
    if kind not in KINDS:
        raise Http404
    before = drafting.newest(item) if item else Content()
    content = read(request.POST, community, kind, before)
    return render(request, "studio/findings.html", advice_for(community, kind, content, item))


@requires(WRITE)
def links(request: HttpRequest, community: Community) -> HttpResponse:
    """List the addresses that lead nowhere, with the items that lead to them."""
    context = {
        "community": community,
        "powers": powers(request.user, community),
        "dead": _by_address(community, Address.State.DEAD),
        "unclear": _by_address(community, Address.State.UNCLEAR),
    }
    return render(request, "studio/links.html", context)


def dead_links(community: Community) -> int:
    """Return how many addresses in the community's drafts and public items lead nowhere."""
    return leads_of(community, Address.State.DEAD).values("address").distinct().count()


def _by_address(community: Community, state: str) -> list[dict[str, Any]]:
    rows: dict[UUID, dict[str, Any]] = {}
    for leads in leads_of(community, state).select_related("address", "item").order_by("address__url")[:_MOST_LINKS]:
        address = leads.address
        row = rows.setdefault(address.pk, {"address": address, "items": [], "reason": ""})
        row["items"].append(leads.item)
        row["reason"] = reason(address) if state == Address.State.DEAD else ""
    return list(rows.values())


def _earlier(item: Item) -> Sequence[Content]:
    last = item.revisions.order_by("-number").values_list("content", flat=True)[:_REVISIONS]
    return [Content.from_json(content) for content in reversed(last)]


def _placed(finding: Finding, kind: str, community: Community) -> Advice:
    name, _underscore, language = finding.field.rpartition("_")
    known = {"title": _("Title"), "summary": _("Summary"), "body": _("Text")}
    if finding.field.startswith("alternative_"):
        where = _("Pictures")
    elif name in known:
        where = known[name]
    else:
        form = KINDS[kind].form
        question = form.per_language.get(name) or form(languages=community.languages).fields.get(finding.field)
        where = str(question.label) if question else ""
    return Advice(finding, where, language if language in NAMES else "")


def _address(community: Community, kind: str, item: Item | None) -> str:
    query = f"item={item.pk}" if item else f"kind={kind}"
    return f"{reverse('studio:advised', args=[community.slug])}?{query}"


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error

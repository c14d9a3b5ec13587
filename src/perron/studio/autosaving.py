"""What the editor's script asks: keep what was typed, and say since when, or what stands against it. JSON."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from perron.accounts.models import Person
from perron.communities.access import requires
from perron.communities.models import Community
from perron.communities.permissions import WRITE
from perron.core.clock import now
from perron.core.errors import Conflict, NotAllowed
from perron.publishing import drafting
from perron.publishing.content import Content
from perron.publishing.kinds.registry import KINDS
from perron.publishing.models import Item
from perron.publishing.working import autosaving
from perron.screens.moments import clock_words
from perron.studio.asking import basis, edition_of, form_of, receive
from perron.studio.comparing import differences
from perron.studio.items import find


@require_POST
@requires(WRITE)
def begun(request: HttpRequest, community: Community, kind: str) -> HttpResponse:
    """Keep the first words of something new. A form that did not hear of its first answer goes on with that item."""
    if kind not in KINDS:
        raise Http404
    assert isinstance(request.user, Person)
    content = receive(request, community, kind, Content()).content
    form = form_of(request)
    try:
        item = autosaving.begin(community, kind, content, by=request.user.actor, form=form)
    except NotAllowed as refusal:
        return _refused(refusal)
    except Conflict as conflict:
        return _told(Item.objects.filter(community=community, revisions__form=form)[0], content, conflict, expected=0)
    return _kept(item)


@require_POST
@requires(WRITE)
def kept(request: HttpRequest, community: Community, item: UUID) -> HttpResponse:
    """Keep what is typed, however incomplete; 409 with both texts if somebody else saved."""
    found = find(community, item)
    assert isinstance(request.user, Person)
    expected = edition_of(request)
    content = receive(request, community, found.kind, basis(found, expected)).content
    try:
        saved = autosaving.autosave(found, content, by=request.user.actor, expected=expected, form=form_of(request))
    except NotAllowed as refusal:
        return _refused(refusal)
    except Conflict as conflict:
        return _told(found, content, conflict, expected=expected)
    return _kept(saved)


def _kept(item: Item) -> JsonResponse:
    community = item.community.slug
    return JsonResponse(
        {
            "edition": item.edition,
            "said": _("Saved at %(time)s") % {"time": clock_words(now())},
            "title": str(item),
            "address": reverse("studio:edit", args=[community, item.pk]),
            "autosave": reverse("studio:autosave", args=[community, item.pk]),
        }
    )


def _refused(refusal: NotAllowed) -> JsonResponse:
    """Answer with the sentence; the browser keeps the words."""
    return JsonResponse({"said": refusal.message}, status=refusal.status)


def _told(item: Item, content: Content, conflict: Conflict, *, expected: int) -> JsonResponse:
    """Answer with both texts, as the editor's page would show them."""
    item.refresh_from_db()
    theirs = differences(drafting.newest(item), content, community=item.community, kind=item.kind)
    context = {
        "conflict": conflict.message,
        "theirs": theirs,
        "revision": item.revisions.select_related("saved_by").get(number=item.edition),
        "address": reverse("studio:edit", args=[item.community.slug, item.pk]),
        "paused": True,
    }
    html = render_to_string("studio/conflict.html", context) if item.edition != expected else ""
    answer = {"said": conflict.message, "html": html, "edition": item.edition, "address": context["address"]}
    return JsonResponse(answer, status=conflict.status)

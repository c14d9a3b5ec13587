"""The editor: begin, write, save. Whatever is typed is kept; only a release asks for more."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from perron.accounts.models import Person
from perron.communities.access import requires
from perron.communities.models import Community
from perron.communities.permissions import WRITE
from perron.core.errors import Conflict
from perron.publishing import drafting
from perron.publishing.checking import check
from perron.publishing.content import Content
from perron.publishing.kinds.registry import KINDS
from perron.publishing.models import Item
from perron.publishing.working import autosaving
from perron.publishing.working.reviewing import must_be_read
from perron.studio.asking import Answers, basis, edition_of, form_of, receive
from perron.studio.comparing import differences
from perron.studio.items import find
from perron.studio.keeping_words import keeping_words
from perron.studio.releasing import release_now
from perron.studio.showing import editor


@keeping_words
@requires(WRITE)
def begin(request: HttpRequest, community: Community, kind: str) -> HttpResponse:
    """Write something new."""
    if kind not in KINDS:
        raise Http404
    if request.method != "POST":
        return editor(request, community, kind, Content())
    assert isinstance(request.user, Person)
    answers = receive(request, community, kind, Content())
    item = drafting.begin(community, kind, answers.content, by=request.user.actor)
    return _go_on(request, item, answers)


@keeping_words
@requires(WRITE)
def edit(request: HttpRequest, community: Community, item: UUID) -> HttpResponse:
    """Go on writing."""
    found = find(community, item)
    newest = drafting.newest(found)
    if request.method != "POST":
        return editor(request, community, found.kind, newest, item=found)
    assert isinstance(request.user, Person)
    # What this very form saved by itself is what its writer has before them.
    expected = found.edition if autosaving.same_form(found, form_of(request)) else edition_of(request)
    answers = receive(request, community, found.kind, basis(found, expected))
    if expected == found.edition and answers.content == newest:
        autosaving.settle(found, by=request.user.actor, expected=expected)
        return _go_on(request, found, answers)
    try:
        saved = drafting.save(found, answers.content, by=request.user.actor, expected=expected)
    except Conflict as conflict:
        return _told(request, found, answers, conflict)
    return _go_on(request, saved, answers)


def _go_on(request: HttpRequest, item: Item, answers: Answers) -> HttpResponse:
    """Do what the button said, now that everything is saved."""
    community, action = item.community, request.POST.get("action", "save")
    address = reverse("studio:edit", args=[community.slug, item.pk])
    problems = answers.problems
    releasing = action in {"release", "later"}
    if releasing and not problems:
        problems = check(community, item.kind, answers.content).problems
    if problems:
        return editor(request, community, item.kind, answers.content, item=item, answers=answers, problems=problems,
                      status=422)  # fmt: skip
    if action == "review" or (releasing and must_be_read(item)):
        return redirect("studio:review", community.slug, item.pk)
    if releasing and action == "release" and item.kind != "alert":
        return release_now(request, item, expected=item.edition)
    if releasing or action == "preview":
        page = {"release": "studio:release", "later": "studio:schedule", "preview": "studio:preview"}[action]
        return redirect(page, community.slug, item.pk)
    if ":" in action or action in {"pictures", "files"}:
        return redirect(f"{address}#{'files' if action.startswith(('enclosure', 'files')) else 'pictures'}")
    messages.success(request, _("Saved. Residents see it when it is released."))
    return redirect(address)


def _told(request: HttpRequest, item: Item, answers: Answers, conflict: Conflict) -> HttpResponse:
    """Show both texts side by side; the form holds the writer's own, on top of the newest revision."""
    item.refresh_from_db()
    theirs = drafting.newest(item)
    revision = item.revisions.select_related("saved_by").get(number=item.edition)
    return editor(
        request,
        item.community,
        item.kind,
        answers.content,
        item=item,
        answers=answers,
        status=conflict.status,
        conflict=conflict.message,
        theirs=differences(theirs, answers.content, community=item.community, kind=item.kind),
        revision=revision,
    )

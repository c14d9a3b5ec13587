"""Shops and associations that apply to a commune, and the first items of those that it took up."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from perron.accounts.models import Person
from perron.communities.access import part_of, powers, requires
from perron.communities.applying import deciding
from perron.communities.looking import looked, shows
from perron.communities.models import Application, Community
from perron.communities.permissions import ADMIT_APPLICANTS, RELEASE
from perron.core.errors import NotFound, Refused
from perron.privacy.acting import Actor
from perron.privacy.declaring import Activity
from perron.privacy.looks import What
from perron.publishing import drafting, guiding, releasing
from perron.publishing.kinds.registry import KINDS
from perron.publishing.presenting import present_draft
from perron.publishing.working.reviewing import LONGEST
from perron.studio.asking import edition_of

_MOST = 50


@part_of(Activity.APPLICATIONS)
@requires(ADMIT_APPLICANTS)
@shows(What.APPLICATION)
def applications(request: HttpRequest, community: Community) -> HttpResponse:
    """List who waits, and what was decided lately."""
    decided = Application.objects.filter(commune=community, state__in=["accepted", "declined"])
    decided = decided.order_by("-last_contact_at")[:_MOST]
    waiting = deciding.waiting(community)[:_MOST]
    looked(request, [row.subject for row in [*waiting, *decided]], of=community.partner)
    context = {
        "community": community,
        "powers": powers(request.user, community),
        "waiting": waiting,
        "decided": decided,
    }
    return render(request, "studio/applications.html", context)


@part_of(Activity.APPLICATIONS)
@requires(ADMIT_APPLICANTS)
@shows(What.APPLICATION)
def application(request: HttpRequest, community: Community, application: UUID) -> HttpResponse:
    """Show one application with all that was said; ask, note an answer, accept, decline."""
    found = Application.objects.filter(commune=community, pk=application).select_related("commune").first()
    if found is None:
        raise NotFound(_("This application is not here: it is restricted, or its time has passed."))
    looked(request, [found.subject], of=community.partner)
    refusal = ""
    if request.method == "POST":
        try:
            said = _do(request, found)
        except Refused as refused:
            refusal = refused.message
        else:
            messages.success(request, said)
            return redirect("studio:application", community.slug, found.pk)
    context = {
        "community": community,
        "powers": powers(request.user, community),
        "application": found,
        "entries": found.entries.select_related("by"),
        "deed": request.POST.get("deed", ""),
        "text": request.POST.get("text", "")[: deciding.LONGEST],
        "first": request.POST.get("first", deciding.FIRST_ITEMS),
        "longest": deciding.LONGEST,
        "most_first": deciding.MOST_FIRST_ITEMS,
        "refusal": refusal,
    }
    return render(request, "studio/application.html", context, status=422 if refusal else 200)


@requires(RELEASE)
def first_item(request: HttpRequest, community: Community, item: UUID) -> HttpResponse:
    """Show what an apprentice handed in, whole; release it, or send it back with a reason."""
    found = guiding.find(community, item)
    problems: list[str] = []
    refusal = ""
    if request.method == "POST" and request.POST.get("action") == "send back":
        try:
            guiding.send_back(found, request.POST.get("words", ""), by=_actor(request), expected=edition_of(request))
        except Refused as refused:
            refusal = refused.message
        else:
            messages.success(request, _("“%(title)s” goes back with what you wrote.") % {"title": found})
            return redirect("studio:home", community.slug)
    elif request.method == "POST":
        try:
            releasing.release(found, by=_actor(request), expected=edition_of(request))
        except releasing.NotReady as refused:
            problems = [problem.message for problem in refused.problems]
        else:
            messages.success(request, _("“%(title)s” is public.") % {"title": found})
            return redirect("studio:home", community.slug)
    content = drafting.newest(found)
    context = {
        "community": community,
        "powers": powers(request.user, community),
        "item": found,
        "story": present_draft(found, content, get_language() or community.languages[0]),
        "kind": KINDS[found.kind],
        "problems": problems,
        "refusal": refusal,
        "most": LONGEST,
    }
    return render(request, "studio/first_item.html", context, status=422 if problems or refusal else 200)


def _do(request: HttpRequest, found: Application) -> str:
    by, text = _actor(request), request.POST.get("text", "")
    deeds: dict[str, tuple[Callable[..., object], str]] = {
        "ask": (deciding.ask, _("The question is on its way.")),
        "answer": (deciding.add_answer, _("The answer is noted.")),
        "decline": (deciding.decline, _("“%(name)s” is declined.")),
    }
    if (deed := request.POST.get("deed", "")) == "accept":
        typed = request.POST.get("first", "")
        number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else -1
        deciding.accept(found, by=by, first_items=number)
        said = _("“%(name)s” is on your app, and its administrator is told by mail.")
    elif deed in deeds:
        rule, said = deeds[deed]
        rule(found, text, by=by)
    else:
        raise Refused(_("Choose one of the answers."))
    return said % {"name": found} if "%(name)s" in said else said


def _actor(request: HttpRequest) -> Actor:
    assert isinstance(request.user, Person)
    return request.user.actor

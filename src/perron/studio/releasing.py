"""From the editor to the public: now, later, no longer. The rules are `publishing.releasing`."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from perron.accounts.models import Person
from perron.communities.access import powers, requires
from perron.communities.models import Community
from perron.communities.permissions import RELEASE, WRITE
from perron.core.clock import BRUSSELS, now
from perron.core.errors import Conflict, NotFound, Refused
from perron.privacy.acting import Actor
from perron.publishing import drafting, guiding, releasing
from perron.publishing.checking import check
from perron.publishing.kinds.fields import to_moment
from perron.publishing.kinds.registry import KINDS
from perron.publishing.models import AlertDetails, Item, Release
from perron.publishing.presenting import Story, present_draft
from perron.publishing.working import undoing
from perron.screens.moments import clock_words, day_words
from perron.studio.asking import edition_of
from perron.studio.items import find
from perron.studio.showing import editor, release_words
from perron.studio.writing import to_local


@requires(RELEASE)
def release(request: HttpRequest, community: Community, item: UUID) -> HttpResponse:
    """Show exactly what will be sent, and send it."""
    found = find(community, item)
    if request.method == "POST":
        return release_now(request, found, expected=edition_of(request))
    return _confirm(request, found, "studio/release.html", **_sends(found))


@requires(RELEASE)
def schedule(request: HttpRequest, community: Community, item: UUID) -> HttpResponse:
    """Choose a moment; the button then says which."""
    found = find(community, item)
    if request.method != "POST":
        typed = request.GET.get("at", "")[:40]
        moment, refusal = _moment(typed) if typed else (None, "")
        return _when(request, found, typed=typed, moment=moment, refusal=refusal)
    typed = request.POST.get("at", "")[:40]
    moment, refusal = _moment(typed)
    if moment is None:
        return _when(request, found, typed=typed, refusal=refusal, status=422)
    try:
        releasing.schedule(found, moment, by=_actor(request), expected=edition_of(request))
    except releasing.NotReady as refused:
        return _editor(request, found, problems=refused.problems, status=refused.status)
    except (Conflict, releasing.Unread) as refused:
        return _editor(request, found, refusal=refused.message, status=refused.status)
    except Refused as refused:
        return _when(request, found, typed=typed, refusal=refused.message, status=422)
    messages.success(request, _("“%(title)s” goes out on %(moment)s.") % {"title": found, "moment": spoken(moment)})
    return redirect("studio:home", community.slug)


@require_POST
@requires(RELEASE)
def unschedule(request: HttpRequest, community: Community, item: UUID) -> HttpResponse:
    """Make it a draft again."""
    return _do(request, find(community, item), releasing.unschedule, _("“%(title)s” is a draft again."))


@requires(RELEASE)
def withdraw(request: HttpRequest, community: Community, item: UUID) -> HttpResponse:
    """Ask once more, then take it from the public; of an alert that is the all-clear."""
    found = find(community, item)
    if request.method != "POST":
        return _confirm(request, found, "studio/withdraw.html")
    done = _("The all-clear for “%(title)s” is sent.") if found.kind == "alert" else _("“%(title)s” is withdrawn.")
    return _do(request, found, releasing.withdraw, done)


@require_POST
@requires(RELEASE)
def undo(request: HttpRequest, community: Community, release: UUID) -> HttpResponse:
    """Take a release of some seconds ago back, and lead to the text."""
    found = Release.objects.filter(community=community, pk=release).select_related("item__community").first()
    if found is None:
        raise NotFound(_("There is no such release here."))
    try:
        item = undoing.undo(found, by=_actor(request))
    except (Conflict, Refused) as refused:
        return _editor(request, found.item, refusal=refused.message, status=refused.status)
    public = item.state == Item.State.RELEASED
    said = _("Undone. Residents see the text before it again.") if public else _("Undone. It is not public any more.")
    messages.success(request, said)
    return redirect("studio:edit", community.slug, item.pk)


@requires(WRITE)
def discard(request: HttpRequest, community: Community, item: UUID) -> HttpResponse:
    """Ask once more, then delete a draft that never was public."""
    found = find(community, item)
    if request.method != "POST":
        return _confirm(request, found, "studio/discard.html")
    return _do(request, found, drafting.discard, _("The draft “%(title)s” is deleted."))


def release_now(request: HttpRequest, item: Item, *, expected: int) -> HttpResponse:
    """Release the revision `expected`, and say so; or say why not, in the editor."""
    corrects = item.state == Item.State.RELEASED
    guardian = None if item.published_at else guiding.must_hand_in(item.community, _actor(request))
    if guardian:
        return _handed_in(request, item, guardian)
    try:
        released = releasing.release(item, by=_actor(request), expected=expected)
    except releasing.NotReady as refused:
        return _editor(request, item, problems=refused.problems, status=refused.status)
    except (Conflict, releasing.Unread) as refused:
        return _editor(request, item, refusal=refused.message, status=refused.status)
    said = _("The correction of “%(title)s” is public.") if corrects else _("“%(title)s” is public.")
    messages.success(request, said % {"title": released})
    home = reverse("studio:home", args=[item.community.slug])
    return redirect(f"{home}?released={releasing.last_release(released).pk}")


def _handed_in(request: HttpRequest, item: Item, guardian: Community) -> HttpResponse:
    """Have the guardian of an apprentice look at it, once it is complete."""
    if problems := check(item.community, item.kind, drafting.newest(item)).problems:
        return _editor(request, item, problems=problems, status=422)
    guiding.hand_in(item, by=_actor(request))
    said = _("“%(title)s” is handed in to %(guardian)s, which makes it public.")
    messages.success(request, said % {"title": item, "guardian": guardian})
    return redirect("studio:home", item.community.slug)


def spoken(moment: datetime) -> str:
    """Return a moment as people say it: "Tuesday 24 November 2026 at 18:30"."""
    local = moment.astimezone(BRUSSELS)
    return _("%(day)s at %(time)s") % {"day": day_words(local.date()), "time": clock_words(moment)}


def _actor(request: HttpRequest) -> Actor:
    assert isinstance(request.user, Person)
    return request.user.actor


def _do(request: HttpRequest, item: Item, rule: Callable[..., object], done: str) -> HttpResponse:
    """Carry out a rule that takes the item alone; what came in between is said in the editor."""
    try:
        rule(item, by=_actor(request))
    except Conflict as conflict:
        return _editor(request, item, refusal=conflict.message, status=conflict.status)
    messages.success(request, done % {"title": item})
    return redirect("studio:home", item.community.slug)


def _editor(request: HttpRequest, item: Item, **more: Any) -> HttpResponse:
    item.refresh_from_db()
    return editor(request, item.community, item.kind, drafting.newest(item), item=item, **more)


def _confirm(request: HttpRequest, item: Item, template: str, **more: Any) -> HttpResponse:
    platforms = list(item.community.platforms.order_by("name"))
    context = {
        "community": item.community,
        "powers": powers(request.user, item.community),
        "item": item,
        "kind": KINDS[item.kind],
        "platforms": platforms,
        "stories": _stories(item),
    }
    return render(request, template, context | more)


def _stories(item: Item) -> list[Story]:
    """The item as it will be read, once for each language in which it has words."""
    content = drafting.newest(item)
    found = (present_draft(item, content, language) for language, words in content.texts.items() if words.title)
    return [story for story in found if story]


def _sends(item: Item) -> dict[str, Any]:
    """What the confirmation of an alert, or of anything else, says and what its button says."""
    number = item.community.platforms.count()
    content = drafting.newest(item)
    updates = item.state == Item.State.RELEASED
    real = content.details.get("status", AlertDetails.Status.ACTUAL) == AlertDetails.Status.ACTUAL
    if item.kind != "alert":
        button = _("Release the correction") if updates else release_words(number)
    elif updates:
        button = _("Send the real update now") if real else _("Send the exercise update now")
    else:
        button = _("Send the real alert now") if real else _("Send the exercise now")
    ends_at = to_local(content.details.get("ends_at"))
    ended = ends_at is not None and ends_at <= now()
    return {"alert": item.kind == "alert", "real": real, "updates": updates, "button": button, "ended": ended,
            "problems": check(item.community, item.kind, content).problems}  # fmt: skip


def _moment(typed: str) -> tuple[datetime | None, str]:
    """Return the moment typed as a local time, or the sentence that says what is wrong with it."""
    try:
        moment = to_moment(typed)
    except ValidationError as error:
        return None, error.messages[0]
    if moment <= now():
        return None, _("This moment has passed. Choose a later one, or release now.")
    return moment, ""


def _when(request: HttpRequest, item: Item, *, status: int = 200, **more: Any) -> HttpResponse:
    moment = more.get("moment")
    label = _("Release on %(moment)s") % {"moment": spoken(moment)} if moment else ""
    context = {
        "community": item.community,
        "powers": powers(request.user, item.community),
        "item": item,
        "kind": KINDS[item.kind],
        "label": label,
        "proposals": [(f"{local:%Y-%m-%dT%H:%M}", spoken(local)) for local in _proposals()],
        "earliest": f"{now().astimezone(BRUSSELS):%Y-%m-%dT%H:%M}",
    }
    return render(request, "studio/schedule.html", context | more, status=status)


def _proposals() -> list[datetime]:
    """This evening, tomorrow morning and evening, next Monday morning: whichever are still to come."""
    today = now().astimezone(BRUSSELS).replace(minute=0, second=0, microsecond=0, fold=0)
    monday = today + timedelta(days=7 - today.weekday())
    tomorrow = today + timedelta(days=1)
    times = [today.replace(hour=18), tomorrow.replace(hour=8), tomorrow.replace(hour=18), monday.replace(hour=8)]
    return [moment for moment in dict.fromkeys(times) if moment > now() + timedelta(minutes=5)]

"""Pages that show staff other people's data: which say so, note whose, and ask why where the data are a partner's.

    @requires(ANSWER_CONTACT)
    @shows(What.CONVERSATION)
    def conversation(request, …):
        looked(request, [found.subject])

A route of the desk or the studio is marked so, or is among those that show nobody (`desk.shows_nobody`,
`studio.shows_nobody`); a test looks that all are.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from perron.accounts.models import Person
from perron.communities.models import Member, Partner
from perron.core.clock import now
from perron.core.errors import Refused
from perron.core.text import clean_line
from perron.privacy.auditing import record
from perron.privacy.looks import What
from perron.privacy.subjects import Subject, of_person
from perron.privacy.viewing import LONGEST_REASON, seen

# For how long a reason holds that the operator's staff gave for opening a partner's data.
HOLDS = timedelta(hours=1)
_SHORTEST = 8
_REASONS = "why_opened"

type View = Callable[..., HttpResponseBase]


class NotTold(Exception):
    """A page with personal data was about to be sent, and nothing says whose data it shows."""


class _WhyIsAsked(Exception):
    def __init__(self, partner: Partner) -> None:
        self.partner = partner


def shows(what: What) -> Callable[[View], View]:
    """Mark a view whose pages show staff this of other people; each of its pages is sent only after `looked`."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            request.shows, request.has_looked = what, False  # type: ignore[attr-defined]
            try:
                response = view(request, *args, **kwargs)
            except _WhyIsAsked as asked:
                return _to_the_question(request, asked.partner)
            if response.status_code in {200, 422} and not request.has_looked:  # type: ignore[attr-defined]
                raise NotTold(f"{request.path} shows “{what}”: call looked() with whose data it shows")
            return response

        guarded.shows = what  # type: ignore[attr-defined]
        return guarded

    return decorate


def looked(
    request: HttpRequest, subjects: Iterable[Subject], *, of: Partner | None = None, operators_too: bool = False
) -> None:
    """Note that whoever asks is about to see data of `subjects`; `of`: data that are processed for this partner.

    The operator's staff say first why they open a partner's data: the view ends here, and the question is asked.
    `operators_too`: unless the operator has the data as its own, of an agreement that it has with the partner.
    """
    person: Person = request.user  # type: ignore[assignment]
    others = set(subjects) - {of_person(person.pk)}
    why = on_behalf_of = ""
    if of and works_for(person, of):
        on_behalf_of = of.name
    elif of and others and not operators_too:
        why = _reason(request, of)
    request.has_looked = True  # type: ignore[attr-defined]
    what: What = request.shows  # type: ignore[attr-defined]
    seen(person.actor, others, what=what, why=why, on_behalf_of=on_behalf_of)


def works_for(person: Person, partner: Partner) -> bool:
    """Say whether somebody has a role of their own at a partner, or at one of its communities."""
    held = Member.objects.filter(Q(partner=partner) | Q(community__partner=partner), person=person)
    return held.exists()


def give_reason(request: HttpRequest, partner: Partner, why: str) -> None:
    """Keep, in the session, why the operator's staff open a partner's data: a support case. Raises `Refused`."""
    why = clean_line(why)
    if not _SHORTEST <= len(why) <= LONGEST_REASON:
        raise Refused(_("Say why in %(least)d to %(most)d characters.") % {"least": _SHORTEST, "most": LONGEST_REASON})
    person: Person = request.user  # type: ignore[assignment]
    with transaction.atomic():
        record("say why", partner, by=person.actor, tenant=partner.pk)
    given = request.session.get(_REASONS, {})
    request.session[_REASONS] = given | {str(partner.pk): [why, (now() + HOLDS).isoformat()]}


def _reason(request: HttpRequest, partner: Partner) -> str:
    why, until = request.session.get(_REASONS, {}).get(str(partner.pk), ("", ""))
    # What was written on a page that was opened with a reason is not lost because the hour has passed meanwhile.
    if not why or (request.method in {"GET", "HEAD"} and datetime.fromisoformat(until) <= now()):
        raise _WhyIsAsked(partner)
    return str(why)


def _to_the_question(request: HttpRequest, partner: Partner) -> HttpResponseBase:
    asked = urlencode({"next": request.get_full_path()})
    return HttpResponseRedirect(f"{reverse('desk:reason', args=[partner.slug])}?{asked}")

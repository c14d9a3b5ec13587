"""What can be done with a request: one verb for each line of `states.TRANSITIONS`.

Each raises `NotAllowed` for whom it is not, `Conflict` where the request's state does not allow it, `Refused` where
the law does not.
"""

from django.utils.translation import gettext as _

from perron.core.clock import today
from perron.core.errors import Refused
from perron.privacy import objections
from perron.privacy.acting import Actor
from perron.privacy.requests import telling
from perron.privacy.requests.doing import deadline, deed
from perron.privacy.requests.finding import subjects_of
from perron.privacy.requests.grounds import Ground
from perron.privacy.requests.objecting import is_absolute, object_from_now_on, pending
from perron.privacy.requests.proving import Facts
from perron.privacy.requests.states import Deed
from perron.privacy.requests.tables import Identity, Kind, Request


def ask_identity(request: Request, why: str, *, by: Actor) -> Request:
    """Ask the person to show who they are, saying why there is doubt; the clock stands still (GDPR art. 12(6))."""
    why = _said(why, _("Say why there is doubt, and what would be enough to end it."))
    with deed(request, Deed.ASK_IDENTITY, by=by, words=why) as row:
        if today() > deadline(row).day:
            raise Refused(_("The deadline is over: asking for the identity now would not stop it."))
        row.paused_on = today()
        row.identity = Identity.UNKNOWN
        telling.person(row, "identity-asked", words=why)
    return request


def confirm_identity(request: Request, how: str, *, by: Actor) -> Request:
    """Note that it is sure who asks, and how that was established; the clock goes on. Copies of documents are not kept.

    `how` stays among staff.
    """
    how = _said(how, _("Say how it was established."))
    with deed(request, Deed.CONFIRM_IDENTITY, by=by) as row:
        _go_on(row)
        row.identity = Identity.STAFF
        object_from_now_on(row, subjects_of(row), by=by)
    return request


def take_up(request: Request, *, by: Actor) -> Request:
    """Begin to work on it; from now on it is with `by`."""
    with deed(request, Deed.TAKE_UP, by=by) as row:
        row.assigned_to = by.id
    return request


def extend(request: Request, reasons: str, *, by: Actor) -> Request:
    """Announce two more months, with reasons, within the first one (GDPR art. 12(3))."""
    reasons = _said(reasons, _("Say why two more months are needed: how complex it is, how many requests there are."))
    with deed(request, Deed.EXTEND, by=by, words=reasons) as row:
        last = deadline(row).announcing
        if today() > last:
            raise Refused(_("Two more months had to be announced by %(day)s.") % {"day": last.isoformat()})
        row.extended_on = today()
        row.due_on = deadline(row).day
        telling.person(row, "request-extended", words=reasons)
    return request


def answer(request: Request, words: str, *, by: Actor, facts: Facts | None = None) -> Request:
    """Tell the person what was done, and close the request. `facts` go into the proof, without personal data."""
    words = _said(words, _("Say what was done."))
    with deed(request, Deed.ANSWER, by=by, words=words, facts=facts) as row:
        if row.identity == Identity.UNKNOWN and row.kind != Kind.COMPLAINT:
            raise Refused(_("First establish who asks: the answer could reach somebody else."))
        for objection in pending(row):
            objections.uphold(objection, words, by=by)
        telling.person(row, "request-answered", words=words)
    return request


def refuse(request: Request, ground: Ground, reasons: str, *, by: Actor) -> Request:
    """Refuse with reasons, and tell where to complain and that courts can decide (GDPR art. 12(4), (5))."""
    reasons = _said(reasons, _("Give the reasons in words that the person understands."))
    facts = {"ground": ground.value, "citation": ground.citation}
    with deed(request, Deed.REFUSE, by=by, words=reasons, facts=facts) as row:
        if is_absolute(row):
            raise Refused(_("An objection to promotion is always upheld (GDPR art. 21(3))."))
        _go_on(row)
        for objection in pending(row):
            objections.refuse(objection, reasons, by=by)
        telling.refusal(row, ground, reasons)
    return request


def withdraw(request: Request, *, by: Actor) -> Request:
    """Take one's own request back."""
    with deed(request, Deed.WITHDRAW, by=by) as row:
        _go_on(row)
        for objection in pending(row):
            objections.take_back(objection, by=by)
        telling.person(row, "request-withdrawn")
    return request


def close_as_moot(request: Request, reasons: str, *, by: Actor) -> Request:
    """Close what has no object any more: entered twice, meant for somebody else, settled by the person."""
    reasons = _said(reasons, _("Say why there is nothing left to answer."))
    with deed(request, Deed.CLOSE_AS_MOOT, by=by, words=reasons) as row:
        _go_on(row)
        for objection in pending(row):
            objections.take_back(objection, by=by)
        telling.person(row, "request-closed", words=reasons)
    return request


def _go_on(row: Request) -> None:
    """Let the clock go on: the days between asking and now do not count."""
    if row.paused_on:
        row.paused_days += (today() - row.paused_on).days
        row.paused_on = None


def _said(words: str, remedy: str) -> str:
    words = words.strip()
    if not words:
        raise Refused(remedy)
    if len(words) > 50_000 or "\0" in words:
        raise Refused(_("Write at most %(number)d characters.") % {"number": 50_000})
    return words

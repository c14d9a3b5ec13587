"""Dead letters of what was sent to many: seen by what was sent and why it failed, tried again once, or let go."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from perron.communities.access import requires
from perron.communities.looking import looked, shows
from perron.communities.permissions import SEE_TO_LETTERS
from perron.core.errors import NotFound, PerronError
from perron.delivery import dead_letters
from perron.delivery.dead_letters import Dead
from perron.delivery.explaining import failure_in_words
from perron.desk.asking import actor
from perron.privacy.looks import What


@requires(SEE_TO_LETTERS)
def index(request: HttpRequest) -> HttpResponse:
    """List what did not arrive, without a word about anybody."""
    return render(request, "desk/deliveries.html", {"dead": dead_letters.dead_letters()})


@requires(SEE_TO_LETTERS)
def one(request: HttpRequest, dispatch: UUID) -> HttpResponse:
    """Show why one message did not arrive, and do what the buttons say."""
    found, refusal, status = _find(dispatch), "", 200
    if request.method == "POST":
        try:
            messages.success(request, _do(request.POST.get("deed", ""), found, request))
            return redirect("desk:deliveries")
        except PerronError as error:
            refusal, status = error.message, error.status
    return render(request, "desk/delivery.html", {"dead": found, "refusal": refusal}, status=status)


@requires(SEE_TO_LETTERS)
@shows(What.DELIVERY)
def addresses(request: HttpRequest, dispatch: UUID) -> HttpResponse:
    """Show to which addresses it did not come."""
    found = _find(dispatch)
    rows = dead_letters.to_whom(found.dispatch)
    looked(request, [row.subject for row, _address in rows], of=found.partner)
    lines = [(address, failure_in_words(row.channel, row.failure)) for row, address in rows]
    return render(request, "desk/delivery_addresses.html", {"dead": found, "lines": lines})


def _do(deed: str, dead: Dead, request: HttpRequest) -> str:
    """Do what a button says, and return the sentence about it."""
    if deed == "retry":
        number = dead_letters.retry(dead.dispatch, by=actor(request))
        sentence = ngettext("%(n)d message is on its way again.", "%(n)d messages are on their way again.", number)
        return sentence % {"n": number}
    if deed == "let-go":
        dead_letters.let_go(dead.dispatch, by=actor(request))
        return _("Let go.")
    raise NotFound(_("There is no such thing to do."))


def _find(dispatch: UUID) -> Dead:
    found = dead_letters.dead_of([dispatch])
    if not found:
        raise Http404
    return found[0]

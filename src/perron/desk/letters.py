"""Letters: what waits, what could not be sent, and, where there is no mail server, what is in the local outbox."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.csp import CSP
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_POST

from perron.accounts.models import Person
from perron.audience.models import Recipient
from perron.communities.access import requires
from perron.communities.looking import looked, shows
from perron.communities.permissions import SEE_TO_LETTERS
from perron.desk.asking import actor
from perron.letters import bounces, outbox
from perron.letters.failing import failure_in_words
from perron.letters.models import Bounce, Letter
from perron.letters.outbox import Kept
from perron.letters.trying_again import try_again
from perron.privacy.looks import What
from perron.privacy.subjects import Subject, of_row

_MOST = 100
_FRAMED: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.UNSAFE_INLINE],
    "frame-ancestors": [CSP.SELF],
    "sandbox": [""],
}


@requires(SEE_TO_LETTERS)
@shows(What.LETTER)
def index(request: HttpRequest) -> HttpResponse:
    """List the letters that could not be sent, how many wait, and the local outbox."""
    given_up = list(Letter.objects.given_up()[:_MOST])
    kept = outbox.newest()
    looked(request, [*map(of_row, given_up), *_readers(kept)])
    context = {
        "given_up": [(letter, failure_in_words(letter.failure)) for letter in given_up],
        "waiting": Letter.objects.waiting().count(),
        "is_local": outbox.is_local(),
        "kept": kept,
        "suppressed": bounces.suppressed().count(),
    }
    return render(request, "desk/letters.html", context)


@requires(SEE_TO_LETTERS)
@require_POST
def again(request: HttpRequest, letter: UUID) -> HttpResponse:
    """Have a letter that was given up sent after all."""
    try_again(get_object_or_404(Letter, pk=letter), by=actor(request))
    messages.success(request, _("The letter is on its way again."))
    return redirect("desk:letters")


@requires(SEE_TO_LETTERS)
@shows(What.LETTER)
def returned(request: HttpRequest) -> HttpResponse:
    """List the addresses to which nothing is sent any more because mail came back, and why."""
    rows = list(bounces.suppressed()[:_MOST])
    looked(request, [row.subject for row in rows])
    readers = Recipient.stored.filter(subject_id__in=[row.subject_id for row in rows])
    addresses = dict(readers.values_list("subject_id", "email"))
    said = [(row, addresses.get(row.subject_id, ""), bounces.status_in_words(row.status)) for row in rows]
    return render(request, "desk/returned.html", {"rows": said, "number": bounces.suppressed().count()})


@requires(SEE_TO_LETTERS)
@require_POST
def lift(request: HttpRequest, bounce: UUID) -> HttpResponse:
    """Have messages sent to an address again."""
    bounces.lift(get_object_or_404(Bounce, pk=bounce).subject, by=actor(request))
    messages.success(request, _("Messages are sent to this address again."))
    return redirect("desk:letters-returned")


@requires(SEE_TO_LETTERS)
@shows(What.LETTER)
def read(request: HttpRequest, name: str) -> HttpResponse:
    """Show a mail of the local outbox: who and when, its page, its text."""
    return render(request, "desk/letter.html", {"mail": _looked_at(request, name)})


@xframe_options_sameorigin
@csp_override(_FRAMED)
@requires(SEE_TO_LETTERS)
@shows(What.LETTER)
def page(request: HttpRequest, name: str) -> HttpResponse:
    """Answer a mail's page as it is, for a frame in which nothing runs and nothing is fetched."""
    return HttpResponse(_looked_at(request, name).html)


@requires(SEE_TO_LETTERS)
@shows(What.LETTER)
def source(request: HttpRequest, name: str) -> HttpResponse:
    """Answer a mail as it would travel."""
    return HttpResponse(_looked_at(request, name).source, content_type="text/plain; charset=utf-8")


def _looked_at(request: HttpRequest, name: str) -> Kept:
    if not (found := outbox.read(name)):
        raise Http404
    looked(request, _readers([found]))
    return found


def _readers(kept: Iterable[Kept]) -> list[Subject]:
    """Return to whom mails of the local outbox are: it knows numbers only, and accounts are told from addresses."""
    numbers = {mail.whose for mail in kept}
    persons = set(Person.objects.filter(pk__in=numbers).values_list("pk", flat=True))
    return [Subject("person" if number in persons else "address", number) for number in numbers]

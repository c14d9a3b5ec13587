"""Letters: what waits, what could not be sent, and, where there is no mail server, what is in the local outbox."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.csp import CSP
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_POST

from perron.communities.access import operator
from perron.desk.asking import actor
from perron.letters import outbox
from perron.letters.failing import failure_in_words
from perron.letters.models import Letter
from perron.letters.outbox import Kept
from perron.letters.trying_again import try_again

_MOST = 100
_FRAMED: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.UNSAFE_INLINE],
    "frame-ancestors": [CSP.SELF],
    "sandbox": [""],
}


@operator
def index(request: HttpRequest) -> HttpResponse:
    """List the letters that could not be sent, how many wait, and the local outbox."""
    given_up = Letter.objects.given_up()
    context = {
        "given_up": [(letter, failure_in_words(letter.failure)) for letter in given_up[:_MOST]],
        "waiting": Letter.objects.waiting().count(),
        "is_local": outbox.is_local(),
        "kept": outbox.newest(),
    }
    return render(request, "desk/letters.html", context)


@operator
@require_POST
def again(request: HttpRequest, letter: UUID) -> HttpResponse:
    """Have a letter that was given up sent after all."""
    try_again(get_object_or_404(Letter, pk=letter), by=actor(request))
    messages.success(request, _("The letter is on its way again."))
    return redirect("desk:letters")


@operator
def read(request: HttpRequest, name: str) -> HttpResponse:
    """Show a mail of the local outbox: who and when, its page, its text."""
    return render(request, "desk/letter.html", {"mail": _find(name)})


@xframe_options_sameorigin
@csp_override(_FRAMED)
@operator
def page(request: HttpRequest, name: str) -> HttpResponse:  # noqa: ARG001 Django passes it
    """Answer a mail's page as it is, for a frame in which nothing runs and nothing is fetched."""
    return HttpResponse(_find(name).html)


@operator
def source(request: HttpRequest, name: str) -> HttpResponse:  # noqa: ARG001 Django passes it
    """Answer a mail as it would travel."""
    return HttpResponse(_find(name).source, content_type="text/plain; charset=utf-8")


def _find(name: str) -> Kept:
    if not (found := outbox.read(name)):
        raise Http404
    return found

"""One of one's own requests: where it stands, what was said, what can be fetched; and taking it back."""

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from perron.account.identified import subjects_of
from perron.account.rights import asker_of
from perron.communities.access import anyone
from perron.core.errors import NotFound
from perron.core.language import LANGUAGES
from perron.privacy.acting import Actor
from perron.privacy.requests import fetching, working
from perron.privacy.requests.finding import of_subjects, subject_of
from perron.privacy.requests.states import OPEN
from perron.privacy.requests.tables import Request, State
from perron.privacy.requests.telling import routes
from perron.screens.own_posts import own_posts


@anyone
def one(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a request to whom it is about; to anybody else there is none."""
    asker = asker_of(request)
    if not asker.subjects:
        return redirect("account:rights")
    found = _own(request, reference)
    context = {
        "asker": asker,
        "found": found,
        "steps": found.steps.filter(internal=False),
        "is_open": found.state in OPEN,
        "archive": fetching.has_archive(found),
        "routes": routes() if found.state in {State.REFUSED, State.MOOT} else None,
    }
    return render(request, "account/rights/request.html", context)


@require_POST
@own_posts
@anyone
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    """Take the request back."""
    found = _own(request, reference)
    working.withdraw(found, by=_actor(found))
    messages.success(request, _("Your request is taken back."))
    return redirect("account:request", found.reference)


@anyone
def archive(request: HttpRequest, reference: str) -> FileResponse:
    """Give the archive that an access or portability request was answered with, as it is now."""
    found, subjects = _own(request, reference), subjects_of(request)
    file, name = fetching.archive(found, subjects, by=_actor(found), language=get_language() or LANGUAGES[0])
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")


def _actor(found: Request) -> Actor:
    subject = subject_of(found)
    assert subject is not None
    return Actor(subject.kind, subject.id)


def _own(request: HttpRequest, reference: str) -> Request:
    found = of_subjects(subjects_of(request)).filter(reference=reference).first()
    if found is None:
        raise NotFound(_("There is no request with this number for you."))
    return found

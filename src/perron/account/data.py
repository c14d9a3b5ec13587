"""My data: what is held, why, for how long and who received it; a copy of all of it, and one to take along."""

import tempfile

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from perron.account.identified import actor_of, identified, subjects_of
from perron.account.rights import asker_of
from perron.core.clock import today
from perron.core.errors import Refused
from perron.core.language import LANGUAGES
from perron.privacy import exporting, receiving, transferring
from perron.privacy.copies.pages import preview
from perron.privacy.policy.current import policy
from perron.privacy.policy.rendering import words_for
from perron.screens.own_posts import own_posts

# What a page shows of a table; the copy has all of it.
_MOST = 10
_KINDS: dict[str, exporting.Kind] = {"access": "access", "portable": "portable"}


@identified
def mine(request: HttpRequest) -> HttpResponse:
    """Show what is held about who asks, with the reasons that the policy gives."""
    subjects = subjects_of(request)
    words = words_for(policy(), language_of())
    answer = exporting.look(subjects, words)
    person = next((subject.id for subject in subjects if subject.kind == "person"), None)
    context = {
        "asker": asker_of(request),
        "tables": [preview(holding, words, _MOST) for holding in answer.held],
        "parts": answer.parts,
        "spoken": words.language,
        "transfers": transferring.transfers_of(subjects),
        "receptions": receiving.receptions_of(person) if person else [],
        "has_account": person is not None,
    }
    return render(request, "account/copies/mine.html", context)


@own_posts
@require_POST
@identified
def copy(request: HttpRequest) -> FileResponse:
    """Give the copy: all of it ("access"), or what they gave ("portable")."""
    kind = _KINDS.get(request.POST.get("kind", ""))
    if kind is None:
        raise Refused(_("Choose which copy you want."))
    # It has no name and is gone when it was sent: nothing of the copy stays behind.
    file = tempfile.TemporaryFile()  # noqa: SIM115 the response closes it
    made = exporting.give(subjects_of(request), kind, language=language_of(), out=file, by=actor_of(request))
    file.seek(0)
    name = {"access": _("my-data"), "portable": _("my-data-to-take-along")}[kind]
    response = FileResponse(file, as_attachment=True, filename=f"{name}-{today()}.zip", content_type="application/zip")
    response["Content-Length"] = made.size
    return response


def language_of() -> str:
    """Return the language of the page."""
    active = get_language() or ""
    return active if active in LANGUAGES else LANGUAGES[0]

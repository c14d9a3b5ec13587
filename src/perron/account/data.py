"""My data, the one place: what is held and why, who had it, what one allows, and what one can ask; and the copies."""

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from perron.account.identified import actor_of, identified, subjects_of
from perron.account.rights import asker_of, right_texts
from perron.accounts.models import Person
from perron.communities.syncing import keeping
from perron.core.clock import BRUSSELS, today
from perron.core.errors import Refused
from perron.core.language import LANGUAGES
from perron.privacy import deciding, exporting, receiving, restrictions, transferring, viewing
from perron.privacy.copies.holdings import Holding
from perron.privacy.copies.pages import Preview, preview
from perron.privacy.models import Restriction
from perron.privacy.policy.current import policy
from perron.privacy.policy.documents import Fact, Part
from perron.privacy.policy.rendering import words_for
from perron.privacy.policy.texts import Texts
from perron.privacy.requests.finding import of_subjects
from perron.privacy.requests.tables import Kind
from perron.screens.own_posts import own_posts

# What a page shows of a table; the copy has all of it.
_MOST = 10
_KINDS: dict[str, exporting.Kind] = {"access": "access", "portable": "portable"}
# What everybody wants to know of an activity; the rest is behind a click.
_FIRST = ("bases", "retentions", "received", "recipients")
# Copies are offered by themselves, objections and withdrawals by switches.
_ASKED_FOR = (Kind.RECTIFICATION, Kind.RESTRICTION, Kind.OBJECTION, Kind.ERASURE, Kind.COMPLAINT)


@dataclass(frozen=True)
class Table:
    """The beginning of a table, and the day until which all of it is kept, where one is known."""

    preview: Preview
    until: date | None


@dataclass(frozen=True)
class Section:
    """What is held for one activity, what everybody wants to know of it, and what the law wants told besides."""

    part: Part
    tables: list[Table]

    @property
    def first(self) -> list[Fact]:
        """What is said at once."""
        return [fact for id_ in _FIRST for fact in self.part.facts if fact.id == id_]

    @property
    def further(self) -> list[Fact]:
        """The rest."""
        return [fact for fact in self.part.facts if fact.id not in _FIRST]


@identified
def mine(request: HttpRequest) -> HttpResponse:
    """Show what is held about who asks, why and until when; what they decided, and what they can ask."""
    subjects = subjects_of(request)
    words = words_for(policy(), language_of())
    answer = exporting.look(subjects, words)
    # The account that is signed in to; one that was closed takes nothing in.
    person = request.user if subjects[0].kind == "person" and isinstance(request.user, Person) else None
    context = {
        "asker": asker_of(request),
        "person": person,
        "spoken": words.language,
        "policy": policy(),
        "age": policy().age_of_consent,
        "location": words.statement("location"),
        "requests": of_subjects(subjects),
        "restrictions": _said_once(one for each in subjects for one in restrictions.in_force(each)),
        "sections": _sections(answer.parts, answer.held, words),
        "others": [part for part in answer.parts if part.sort == "plain"],
        "looks": sorted(
            (look for each in subjects for look in viewing.looks_at(each)), key=lambda look: look.at, reverse=True
        ),
        "switches": deciding.switches(subjects, words),
        "synced": keeping.platforms_of(person) if person else [],
        "rights": [(kind, right_texts(kind)) for kind in _ASKED_FOR],
        "transfers": transferring.transfers_of(subjects),
        "receptions": receiving.receptions_of(person.pk) if person else [],
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


def _said_once(found: Iterable[Restriction]) -> list[Restriction]:
    """Return one of those that read the same: an account and its address are restricted together."""
    return list({(row.since.date(), row.ground, row.lifts_at): row for row in found}.values())


def _sections(parts: Sequence[Part], held: Sequence[Holding], words: Texts) -> list[Section]:
    """Return the activities with what each holds; a table that serves several stands with the first of them."""
    left = list(held)
    found = []
    for part in parts:
        of_it = [holding for holding in left if part.id in holding.counts]
        left = [holding for holding in left if holding not in of_it]
        if part.sort != "plain":
            found.append(Section(part, [_table(holding, words) for holding in of_it]))
    return found


def _table(holding: Holding, words: Texts) -> Table:
    ends = list(holding.ends().values())
    last = max((end for end in ends if end), default=None) if all(ends) else None
    return Table(preview(holding, words, _MOST), last.astimezone(BRUSSELS).date() if last else None)

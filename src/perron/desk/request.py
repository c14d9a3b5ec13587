"""One rights request: where it stands, who is concerned, what can be done with it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from perron.accounts.models import Person
from perron.accounts.rectifying import rectify
from perron.communities.access import powers, requires
from perron.communities.looking import looked, shows
from perron.communities.models import Partner
from perron.communities.permissions import HANDLE_REQUESTS, READ_REQUESTS
from perron.core.clock import today
from perron.core.errors import NotFound
from perron.core.language import LANGUAGES, NAMES
from perron.desk.asking import DeskForm, actor
from perron.privacy import restrictions
from perron.privacy.acting import Actor
from perron.privacy.looks import What
from perron.privacy.models import Restriction
from perron.privacy.policy.texts import texts
from perron.privacy.requests import fetching, parties, working
from perron.privacy.requests.carrying_out import AT_ONCE, carry_out
from perron.privacy.requests.deadlines import days_left
from perron.privacy.requests.finding import subject_of, subjects_of
from perron.privacy.requests.grounds import Ground
from perron.privacy.requests.states import OPEN, possible
from perron.privacy.requests.tables import Kind, Party, Request


class WordsForm(DeskForm):
    """The words that go with a deed."""

    words = forms.CharField(max_length=50_000, widget=forms.Textarea(attrs={"rows": 8}))


class RefusalForm(DeskForm):
    """On which ground, and why."""

    ground = forms.ChoiceField(label=gettext_lazy("Legal ground"), choices=Ground.choices)
    words = forms.CharField(
        label=gettext_lazy("Reasons, in words that the person understands"),
        max_length=50_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": gettext_lazy("Give the reasons in words that the person understands.")},
        help_text=gettext_lazy("The letter adds where to complain and that a court can decide."),
    )


class AccountForm(DeskForm):
    """What an account says."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=100, required=False)
    first_name = forms.CharField(label=gettext_lazy("First name"), max_length=100, required=False)
    email = forms.CharField(label=gettext_lazy("E-mail address"), max_length=254, widget=forms.EmailInput())
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=list(NAMES.items()))


@dataclass(frozen=True)
class Page:
    """The page of a deed: its title, what is asked, what follows from it."""

    title: str | Promise
    label: str | Promise
    hint: str | Promise
    button: str | Promise
    do: Callable[..., object]


PAGES = {
    "ask_identity": Page(
        gettext_lazy("Ask who it is"),
        gettext_lazy("Why there is doubt, and what would be enough to end it"),
        gettext_lazy(
            "The person gets a letter; until the reply the clock stands still. Ask for no more than is needed, and for "
            "no copy of an identity card where something else will do."
        ),
        gettext_lazy("Ask"),
        working.ask_identity,
    ),
    "confirm_identity": Page(
        gettext_lazy("It is sure who asks"),
        gettext_lazy("How it was established"),
        gettext_lazy("This stays among staff. The clock goes on. Destroy what was shown to you."),
        gettext_lazy("Confirm"),
        working.confirm_identity,
    ),
    "extend": Page(
        gettext_lazy("Announce two more months"),
        gettext_lazy("Reasons: how complex it is, how many requests there are"),
        gettext_lazy("Possible within the first month only. The person gets a letter with these reasons."),
        gettext_lazy("Announce"),
        working.extend,
    ),
    "answer": Page(
        gettext_lazy("Answer and close"),
        gettext_lazy("What was done"),
        gettext_lazy("The person gets these words by letter; the request is closed."),
        gettext_lazy("Answer and close"),
        working.answer,
    ),
    "close_as_moot": Page(
        gettext_lazy("Close without a decision"),
        gettext_lazy("Why there is nothing left to answer"),
        gettext_lazy("For example: entered twice, or meant for somebody else. The person gets a letter."),
        gettext_lazy("Close"),
        working.close_as_moot,
    ),
}  # fmt: skip


@requires(READ_REQUESTS)
@shows(What.REQUEST)
def one(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a request, and do what needs no words: take it up, carry it out, tell, note an acknowledgement."""
    found = _looked_at(request, reference)
    if request.method == "POST":
        _press(found, request.POST, by=actor(request))
        messages.success(request, _("Done."))
        return redirect("desk:request", found.reference)
    words = texts(get_language() or LANGUAGES[0])
    listed = {party.recipient for party in found.parties.filter(capacity=Party.Capacity.RECIPIENT)}
    context = {
        "found": found,
        "powers": powers(request.user),
        "is_open": found.state in OPEN,
        "left": days_left(found.due_on, today()),
        "possible": possible(found.state),  # type: ignore[arg-type]
        "answering": [(words.activity(each.activity).name, each) for each in parties.answering(found)],
        "undecided": parties.undecided(found),
        "parties": found.parties.all(),
        "to_tell": [(key, words.recipient(key)) for key in parties.recipients_of(found) if key not in listed],
        "does_itself": found.kind in AT_ONCE and found.subject_id is not None,
        "grounds": Restriction.Ground.choices if found.kind == Kind.RESTRICTION else (),
        "restricted": _restricted(found),
        "steps": found.steps.all(),
        "account_besides": _has_account_besides(found),
        "handler": Person.objects.filter(pk=found.assigned_to).first() if found.assigned_to else None,
    }
    return render(request, "desk/request.html", context)


@requires(HANDLE_REQUESTS)
@shows(What.REQUEST)
def deed(request: HttpRequest, reference: str, deed: str) -> HttpResponse:
    """Do what needs words: each deed has a page of its own."""
    found = _looked_at(request, reference)
    data = request.POST if request.method == "POST" else None
    form, do, page = _form(found, deed, data, by=actor(request))
    if form.done(do):
        messages.success(request, _("Done."))
        return redirect("desk:request", found.reference)
    context = {"form": form, "found": found, "page": page}
    return render(request, "desk/request_deed.html", context, status=422 if form.is_bound else 200)


@requires(HANDLE_REQUESTS)
@shows(What.ARCHIVE)
def archive(request: HttpRequest, reference: str) -> FileResponse:
    """Give staff the archive that answers a request that came on paper."""
    found = _looked_at(request, reference)
    file, name = fetching.archive(found, subjects_of(found), by=actor(request), language=found.language)
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")


def _looked_at(request: HttpRequest, reference: str) -> Request:
    found = get_object_or_404(Request, reference=reference)
    subjects = [subject] if (subject := subject_of(found)) else []
    controllers = found.parties.filter(capacity=Party.Capacity.CONTROLLER).values("tenant_id")
    partners = list(Partner.objects.filter(pk__in=controllers))
    for partner in partners:
        looked(request, subjects, of=partner)
    if not partners:
        looked(request, subjects)
    return found


def _has_account_besides(found: Request) -> bool:
    return found.subject_kind == "address" and Person.objects.filter(email=found.email.lower()).exists()


def _restricted(found: Request) -> QuerySet[Restriction]:
    subject = subject_of(found)
    return restrictions.in_force(subject) if subject else Restriction.objects.none()


def _press(found: Request, pressed: Any, *, by: Actor) -> None:
    if "take_up" in pressed:
        working.take_up(found, by=by)
    elif "carry_out" in pressed:
        carry_out(found, by=by, ground=pressed.get("ground", ""))
    elif "tell" in pressed:
        parties.tell(found, pressed.getlist("recipients"), by=by)
    elif "told" in pressed:
        parties.tell_by_hand(_party(found, pressed["told"]), by=by)
    elif "acknowledge" in pressed:
        parties.acknowledge(_party(found, pressed["acknowledge"]), by=by)


def _party(found: Request, key: str) -> Party:
    party = next((party for party in found.parties.all() if str(party.pk) == key), None)
    if party is None:
        raise NotFound(_("This request concerns nobody of this name."))
    return party


def _form(found: Request, deed: str, data: Any, *, by: Actor) -> tuple[DeskForm, Callable[[], object], Page]:
    if deed == "refuse":
        refusal = RefusalForm(data)
        hint = _("The person learns why, and what can be done against it.")
        page = Page(_("Refuse"), "", hint, _("Refuse and close"), working.refuse)

        def refuse() -> object:
            said = refusal.cleaned_data
            return working.refuse(found, Ground(said["ground"]), said["words"], by=by)

        return refusal, refuse, page
    if deed == "rectify":
        return _rectifying(found, data, by=by)
    if deed not in PAGES:
        raise NotFound(_("There is nothing of this name to do."))
    page = PAGES[deed]
    form = WordsForm(data)
    form.fields["words"].label = str(page.label)
    form.fields["words"].error_messages["required"] = _("Write something here: it is what the deed rests on.")
    return form, lambda: page.do(found, form.cleaned_data["words"], by=by), page


def _rectifying(found: Request, data: Any, *, by: Actor) -> tuple[DeskForm, Callable[[], object], Page]:
    subject = subject_of(found)
    person = Person.objects.filter(pk=subject.id).first() if subject and subject.kind == "person" else None
    if person is None or found.kind != Kind.RECTIFICATION:
        raise NotFound(_("This request is not about an account."))
    form = AccountForm(data, initial={column: getattr(person, column) for column in AccountForm.base_fields})
    hint = _("Afterwards, answer the request and tell the recipients.")
    page = Page(_("Correct the account"), "", hint, _("Correct"), rectify)
    return form, lambda: rectify(person, by=by, **form.cleaned_data), page

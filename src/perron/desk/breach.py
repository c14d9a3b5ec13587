"""One breach: what is known, who was told, what is still to be done, the text for the authority."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from perron.accounts.models import Person
from perron.communities.access import requires
from perron.communities.models import Partner
from perron.communities.permissions import KEEP_BREACHES
from perron.core.clock import now
from perron.core.errors import NotFound
from perron.core.language import LANGUAGES, NAMES
from perron.core.mail_addresses import read_address
from perron.desk.asking import DeskForm, actor
from perron.desk.breaches import FactsForm, MomentField, hours_left
from perron.privacy.acting import Actor
from perron.privacy.announcing import Concerned
from perron.privacy.breaches import entering, informing
from perron.privacy.breaches.tables import HOURS, Breach, Risk
from perron.privacy.models import AuditEntry
from perron.privacy.policy.current import policy
from perron.privacy.requests.permitting import Tenant
from perron.privacy.subjects import of_address, of_person

_LONG = forms.Textarea(attrs={"rows": 6, "dir": "auto"})


class RiskForm(DeskForm):
    """What it means for people."""

    risk = forms.ChoiceField(
        label=gettext_lazy("What it is likely to mean for people"),
        choices=[choice for choice in Risk.choices if choice[0]],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what it is likely to mean for people.")},
    )
    why = forms.CharField(label=gettext_lazy("Why"), max_length=entering.LONGEST, widget=_LONG)


class AuthorityForm(DeskForm):
    """When the authority was told."""

    at = MomentField(label=gettext_lazy("The authority was told on"))
    reference = forms.CharField(label=gettext_lazy("Number that the authority gave it"), max_length=60, required=False)
    late_because = forms.CharField(
        label=gettext_lazy("Reasons for the delay"),
        max_length=entering.LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=gettext_lazy("Needed where it was later than 72 hours after it was known."),
    )


class WhyForm(DeskForm):
    """Why people need not be told."""

    why = forms.CharField(
        label=gettext_lazy("Why they need not be told"),
        max_length=entering.LONGEST,
        widget=_LONG,
        help_text=gettext_lazy(
            "One of the grounds of art. 34(3): the data were unreadable for others; what was done since makes a high "
            "risk unlikely; or telling each would take disproportionate effort, and a public notice is given instead."
        ),
    )


class PeopleForm(DeskForm):
    """What people are told, and who."""

    def __init__(self, data: Any = None, *, words: dict[str, str] | None = None) -> None:
        super().__init__(data)
        own = self.fields
        self.fields = {}
        for language in LANGUAGES:
            label = _("What they are told (%(language)s)") % {"language": NAMES[language]}
            self.fields[f"words_{language}"] = forms.CharField(
                label=label, required=False, max_length=entering.LONGEST,
                widget=forms.Textarea(attrs={"rows": 5, "lang": language, "dir": "auto"}),
            )  # fmt: skip
            self.initial[f"words_{language}"] = (words or {}).get(language, "")
        self.fields.update(own)

    everybody = forms.BooleanField(label=gettext_lazy("Everybody who has an account"), required=False)
    addresses = forms.CharField(
        label=gettext_lazy("E-mail addresses, one on each line"),
        required=False,
        max_length=600_000,
        widget=forms.Textarea(attrs={"rows": 5, "autocomplete": "off"}),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language for addresses without an account"), choices=list(NAMES.items())
    )

    def clean_addresses(self) -> list[str]:
        """Return the addresses; refuse what is none."""
        found = list(dict.fromkeys(self.cleaned_data["addresses"].split()))
        if wrong := next((each for each in found if not read_address(each)), None):
            raise forms.ValidationError(_("“%(email)s” is not an e-mail address.") % {"email": wrong[:254]})
        return found

    def words(self) -> dict[str, str]:
        """Return what was written, per language."""
        return {language: self.cleaned_data[f"words_{language}"] for language in LANGUAGES}

    def people(self) -> list[Concerned]:
        """Return whom the addresses belong to, each in their own language where they have an account."""
        asked: list[str] = self.cleaned_data["addresses"]
        known = {person.email: person for person in Person.objects.filter(email__in=[each.lower() for each in asked])}
        return [
            Concerned(of_person(person.pk), person.email, person.language)
            if (person := known.get(each.lower()))
            else Concerned(of_address(each), each, self.cleaned_data["language"])
            for each in asked
        ]


@requires(KEEP_BREACHES)
def one(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a breach, and do what needs no words."""
    found = get_object_or_404(Breach, reference=reference)
    if request.method == "POST":
        _press(found, request.POST, by=actor(request))
        messages.success(request, _("Done."))
        return redirect("desk:breach", found.reference)
    told = {party.tenant_id for party in found.parties.all()}
    context = {
        "found": found,
        "left": hours_left(found),
        "parties": found.parties.all(),
        "partners": [partner for partner in Partner.objects.order_by("name") if partner.pk not in told],
        "history": _history(found),
    }
    return render(request, "desk/breach.html", context)


@requires(KEEP_BREACHES)
def deed(request: HttpRequest, reference: str, deed: str) -> HttpResponse:
    """Do what needs words: each deed has a page of its own."""
    found = get_object_or_404(Breach, reference=reference)
    if deed not in _FORMS:
        raise NotFound(_("There is nothing of this name to do."))
    make, title = _FORMS[deed]
    form, do = make(found, request.POST if request.method == "POST" else None, actor(request))
    if form.done(do):
        messages.success(request, _("Done."))
        return redirect("desk:breach", found.reference)
    context = {"form": form, "found": found, "title": title, "deed": deed}
    return render(request, "desk/breach_deed.html", context, status=422 if form.is_bound else 200)


@requires(KEEP_BREACHES)
def notification(request: HttpRequest, reference: str) -> HttpResponse:
    """Show what the authority is told (GDPR art. 33(3)), to print or to copy."""
    found = get_object_or_404(Breach, reference=reference)
    told = found.notified_at or now()
    context = {
        "found": found,
        "operator": policy().operator,
        "authority": policy().authority.body,
        "late": told > found.known_at + HOURS,
    }
    return render(request, "desk/breach_notification.html", context)


def _press(found: Breach, pressed: Any, *, by: Actor) -> None:
    if "partners" in pressed:
        chosen = Partner.objects.filter(pk__in=pressed.getlist("partner"))
        informing.tell_partners(found, [Tenant(partner.pk, partner.name) for partner in chosen], by=by)
    elif "told" in pressed:
        party = next((party for party in found.parties.all() if str(party.pk) == pressed["told"]), None)
        if party is None:
            raise NotFound(_("This breach concerns nobody of this name."))
        informing.told_by_hand(party, by=by)
    elif "close" in pressed:
        entering.close(found, by=by)


def _history(found: Breach) -> list[tuple[AuditEntry, str]]:
    entries = list(AuditEntry.objects.filter(object_id=found.pk).order_by("-pk")[:200])
    people = Person.objects.in_bulk({entry.actor_id for entry in entries if entry.actor_id})
    return [(entry, str(people.get(entry.actor_id) or _("the program"))) for entry in entries]


def _correcting(found: Breach, data: Any, by: Actor) -> tuple[DeskForm, Callable[[], object]]:
    columns = ("known_at", "happened", "concerned", "people", "records", "consequences", "measures")
    form = FactsForm(data, initial={column: getattr(found, column) for column in columns})
    return form, lambda: entering.correct(found, form.facts(), by=by)


def _weighing(found: Breach, data: Any, by: Actor) -> tuple[DeskForm, Callable[[], object]]:
    form = RiskForm(data, initial={"risk": found.risk, "why": found.risk_why})
    return form, lambda: entering.weigh(found, Risk(form.cleaned_data["risk"]), form.cleaned_data["why"], by=by)


def _notifying(found: Breach, data: Any, by: Actor) -> tuple[DeskForm, Callable[[], object]]:
    form = AuthorityForm(data, initial={"at": found.notified_at or now(), "reference": found.authority_reference,
                                        "late_because": found.late_because})  # fmt: skip
    return form, lambda: entering.notified(found, **form.cleaned_data, by=by)


def _leaving_untold(found: Breach, data: Any, by: Actor) -> tuple[DeskForm, Callable[[], object]]:
    form = WhyForm(data, initial={"why": found.untold_because})
    return form, lambda: entering.leave_untold(found, form.cleaned_data["why"], by=by)


def _telling(found: Breach, data: Any, by: Actor) -> tuple[DeskForm, Callable[[], object]]:
    form = PeopleForm(data, words=found.words)
    return form, lambda: informing.tell_people(
        found, form.words(), to=form.people(), everybody=form.cleaned_data["everybody"], by=by
    )


_FORMS = {
    "correct": (_correcting, gettext_lazy("Say more about it")),
    "weigh": (_weighing, gettext_lazy("Weigh what it means for people")),
    "authority": (_notifying, gettext_lazy("The authority was told")),
    "untold": (_leaving_untold, gettext_lazy("Why people are not told")),
    "people": (_telling, gettext_lazy("Tell the people concerned")),
}

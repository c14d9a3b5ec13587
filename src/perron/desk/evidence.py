"""Evidence: what was done with the data and requests of one person, and whether the chain is whole."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from perron.accounts.models import Person
from perron.communities.access import requires
from perron.communities.looking import looked, shows
from perron.communities.permissions import READ_EVIDENCE
from perron.desk.asking import DeskForm
from perron.privacy.evidence import checkpoints
from perron.privacy.evidence.reading import Told, told_of
from perron.privacy.evidence.tables import EvidenceHead
from perron.privacy.evidence.verifying import verify
from perron.privacy.looks import What
from perron.privacy.models import Addressee
from perron.privacy.subjects import Subject, known_address

_FINDINGS = 20


class FindForm(DeskForm):
    """Whose evidence, or that of which request. The answer is opaque numbers: an address stays out of addresses."""

    about = forms.CharField(
        label=gettext_lazy("E-mail address, or number of a person or request"),
        max_length=254,
        error_messages={"required": gettext_lazy("Write an e-mail address or a number.")},
    )

    def clean_about(self) -> list[UUID]:
        """Return the numbers of the subjects or of the request; refuse what nothing is recorded about."""
        found = _numbers(self.cleaned_data["about"].strip())
        if not told_of(found, most=1):
            raise forms.ValidationError(_("Nothing is recorded about this. Look at the spelling."))
        return found


@never_cache
@requires(READ_EVIDENCE)
@shows(What.EVIDENCE)
def index(request: HttpRequest) -> HttpResponse:
    """Find whose evidence to read, read it, and see how far the chain goes."""
    form = FindForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        asked = QueryDict(mutable=True)
        asked.setlist("of", [str(number) for number in form.cleaned_data["about"]])
        return redirect(f"{reverse('desk:evidence')}?{asked.urlencode()}")
    return _page(request, form)


@requires(READ_EVIDENCE)
@require_POST
@shows(What.EVIDENCE)
def verified(request: HttpRequest) -> HttpResponse:
    """Look through the whole chain, and show what came of it."""
    report = verify()
    return _page(request, FindForm(), report=report, findings=report.findings[:_FINDINGS])


@never_cache
@requires(READ_EVIDENCE)
def checkpoint(_request: HttpRequest) -> HttpResponse:
    """Answer a signed statement of where the chain stands, to be kept by somebody else."""
    made = checkpoints.make()
    answer = HttpResponse(made.to_json(), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="checkpoint-{made.sequence}.json"'
    return answer


def _page(request: HttpRequest, form: FindForm, **more: Any) -> HttpResponse:
    numbers = [number for each in request.GET.getlist("of") for number in _numbers(each)]
    told = told_of(numbers) if numbers else []
    looked(request, _subjects(told))
    context = {"form": form, "asked": numbers, "told": _with_names(told), "head": EvidenceHead.objects.first()}
    return render(request, "desk/evidence.html", context | more, status=422 if form.errors else 200)


def _numbers(text: str) -> list[UUID]:
    """Return the subjects that an e-mail address stands for, or the number that `text` is."""
    if "@" in text:
        people = list(Person.objects.filter(email=text.lower()).values_list("pk", flat=True))
        address = known_address(text)
        return [*people, *([address.id] if address else [])]
    try:
        return [UUID(text)]
    except ValueError:
        return []


def _subjects(told: list[Told]) -> list[Subject]:
    numbers = {each.subject for each in told if each.subject}
    addresses = set(Addressee.objects.filter(pk__in=numbers).values_list("pk", flat=True))
    return [Subject("address" if number in addresses else "person", number) for number in numbers]


def _with_names(told: list[Told]) -> list[tuple[Told, str]]:
    """Return each entry with who acted, by name where somebody has an account still."""
    people = Person.objects.in_bulk({each.by for each in told if each.by})
    return [(each, _actor(each, people)) for each in told]


def _actor(told: Told, people: dict[UUID, Person]) -> str:
    if told.by is None:
        return _("the program")
    return str(people.get(told.by, told.by))

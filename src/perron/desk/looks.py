"""Who of the staff looked at whose data, and why: for the data-protection officer to review.

A review is a look like any other, and noted; the list leaves reviews out unless they are asked for, so that reading it
does not fill it.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from perron.accounts.models import Person
from perron.communities.access import requires
from perron.communities.looking import looked, shows
from perron.communities.permissions import READ_LOOKS
from perron.core import spreadsheets
from perron.core.clock import end_of_day, today
from perron.desk.asking import DeskForm
from perron.privacy.looks import Look, What
from perron.privacy.subjects import known_address, of_row

_A_PAGE = 100
_A_FILE = 10_000
_A_DAY = timedelta(days=1)


class FilterForm(DeskForm):
    """Whose looks, or at whose data. The answer has opaque numbers: an e-mail address stays out of addresses."""

    about = forms.CharField(
        label=gettext_lazy("E-mail address or number"),
        help_text=gettext_lazy("Of who looked, or whose data they are."),
        max_length=254,
        required=False,
    )
    what = forms.ChoiceField(label=gettext_lazy("What was seen"), required=False)
    since = forms.DateField(
        label=gettext_lazy("First day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    until = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        everything = ("", _("everything but reviews"))
        self.fields["what"].choices = [everything, *What.choices]  # type: ignore[attr-defined]

    def clean_about(self) -> list[UUID]:
        """Return the numbers of whom it is about; refuse what is about nobody."""
        asked = self.cleaned_data["about"].strip()
        found = _numbers(asked)
        if asked and not found:
            raise forms.ValidationError(_("Nobody is known by this. Look at the spelling."))
        return found


@dataclass(frozen=True)
class Line:
    """A look, with names where there are accounts still."""

    look: Look
    viewer: str
    whose: str


@requires(READ_LOOKS)
@shows(What.REVIEW)
def index(request: HttpRequest) -> HttpResponse:
    """Show the looks, the newest first, and narrow them down."""
    form = FilterForm(request.POST if request.method == "POST" else None, initial=_asked(request.GET))
    if form.is_valid():
        return redirect(f"{reverse('desk:looks')}?{_narrowed(form.cleaned_data).urlencode()}")
    page = Paginator(_wanted(request.GET), _A_PAGE).get_page(request.GET.get("page"))
    looked(request, map(of_row, page))
    further = request.GET.copy()
    further.pop("page", None)
    context = {"form": form, "page": page, "lines": _lines(page), "further": further.urlencode()}
    return render(request, "desk/looks.html", context, status=422 if form.errors else 200)


@requires(READ_LOOKS)
@shows(What.REVIEW)
def exported(request: HttpRequest) -> HttpResponse:
    """Answer with the same looks as CSV, the newest ten thousand."""
    rows = list(_wanted(request.GET)[:_A_FILE])
    looked(request, map(of_row, rows))
    response = HttpResponse(spreadsheets.MARK, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="looks-{today()}.csv"'
    writer = csv.writer(response)
    writer.writerow([_("When"), _("Who"), _("For"), _("Whose data"), _("Number"), _("What"), _("Why")])
    for line in _lines(rows):
        look = line.look
        said = (line.viewer, look.on_behalf_of, line.whose)
        told = [spreadsheets.as_text(each) for each in said]
        what, why = str(look.get_what_display()), spreadsheets.as_text(look.why)
        writer.writerow([look.at.isoformat(), *told, look.subject_id, what, why])
    return response


def _wanted(asked: QueryDict) -> QuerySet[Look]:
    rows = Look.objects.order_by("-at", "-pk")
    if numbers := [number for each in asked.getlist("of") for number in _numbers(each)]:
        rows = rows.filter(Q(subject_id__in=numbers) | Q(viewer_id__in=numbers))
    what = asked.get("what", "")
    rows = rows.filter(what=what) if what in What.values else rows.exclude(what=What.REVIEW)
    since, until = _day(asked.get("since")), _day(asked.get("until"))
    if since:
        rows = rows.filter(at__gte=end_of_day(since - _A_DAY))
    return rows.filter(at__lt=end_of_day(until)) if until else rows


def _asked(asked: QueryDict) -> dict[str, Any]:
    return {name: asked.get(name, "") for name in ("what", "since", "until")} | {"about": asked.get("of", "")}


def _narrowed(said: dict[str, Any]) -> QueryDict:
    asked = QueryDict(mutable=True)
    asked.setlist("of", [str(number) for number in said["about"]])
    asked.update({name: str(said[name]) for name in ("what", "since", "until") if said[name]})
    return asked


def _numbers(text: str) -> list[UUID]:
    if "@" in text:
        people = list(Person.objects.filter(email=text.lower()).values_list("pk", flat=True))
        address = known_address(text)
        return [*people, *([address.id] if address else [])]
    try:
        return [UUID(text)]
    except ValueError:
        return []


def _day(text: str | None) -> date | None:
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if date(2000, 1, 1) < day < date(2200, 1, 1) else None


def _lines(rows: Iterable[Look]) -> list[Line]:
    looks = list(rows)
    people = Person.objects.in_bulk({number for look in looks for number in (look.viewer_id, look.subject_id)})
    return [Line(look, _viewer(look, people), _whose(look, people)) for look in looks]


def _viewer(look: Look, people: dict[Any, Person]) -> str:
    if look.viewer_id is None:
        return _("the command line")
    return str(people.get(look.viewer_id) or look.viewer_id)


def _whose(look: Look, people: dict[Any, Person]) -> str:
    return str(people.get(look.subject_id) or _("somebody known by an address only"))

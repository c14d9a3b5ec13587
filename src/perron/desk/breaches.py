"""The register of breaches at the desk: those that are open with their clock, those that are closed, entering one."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from perron.communities.access import requires
from perron.communities.permissions import KEEP_BREACHES
from perron.core.clock import BRUSSELS, now
from perron.desk.asking import DeskForm, actor
from perron.privacy.breaches import entering
from perron.privacy.breaches.entering import Facts
from perron.privacy.breaches.tables import Breach

_MOST = 200
_NOBODY = gettext_lazy("Name nobody: the register says what happened, not to whom.")


class MomentField(forms.DateTimeField):
    """A moment by the clock of Brussels."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def __init__(self, **more: Any) -> None:
        wrong = gettext_lazy("Write day and time, for example 2026-11-24 14:30.")
        super().__init__(error_messages={"required": wrong, "invalid": wrong}, **more)

    def prepare_value(self, value: Any) -> Any:
        """Return what the field shows of a moment."""
        return (
            value.astimezone(BRUSSELS).replace(tzinfo=None) if isinstance(value, datetime) and value.tzinfo else value
        )


class FactsForm(DeskForm):
    """What is known (GDPR art. 33(3))."""

    known_at = MomentField(
        label=gettext_lazy("Known since"),
        help_text=gettext_lazy("When somebody of ours became aware of it. The 72 hours run from then."),
    )
    happened = forms.CharField(
        label=gettext_lazy("What happened"),
        max_length=entering.LONGEST,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        help_text=_NOBODY,
        error_messages={"required": gettext_lazy("Say what happened.")},
    )
    concerned = forms.CharField(
        label=gettext_lazy("Which people, and which data of theirs"),
        max_length=entering.LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    people = forms.IntegerField(
        label=gettext_lazy("How many people, about"), required=False, min_value=0, max_value=2_000_000_000
    )
    records = forms.IntegerField(
        label=gettext_lazy("How many records, about"), required=False, min_value=0, max_value=2_000_000_000
    )
    consequences = forms.CharField(
        label=gettext_lazy("What is likely to follow"),
        max_length=entering.LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    measures = forms.CharField(
        label=gettext_lazy("What was done about it, and what will be"),
        max_length=entering.LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=gettext_lazy("What is not known yet can be added later (GDPR art. 33(4))."),
    )

    def facts(self) -> Facts:
        """Return what was written."""
        return Facts(**self.cleaned_data)


@requires(KEEP_BREACHES)
def index(request: HttpRequest) -> HttpResponse:
    """List the breaches: open ones first, the one whose clock runs out first on top."""
    rows = list(Breach.objects.order_by("known_at")[:_MOST])
    running = [(row, hours_left(row)) for row in rows if not row.closed_at]
    closed = sorted((row for row in rows if row.closed_at), key=lambda row: row.known_at, reverse=True)
    return render(request, "desk/breaches.html", {"running": running, "closed": closed})


@requires(KEEP_BREACHES)
def new(request: HttpRequest) -> HttpResponse:
    """Enter a breach."""
    form = FactsForm(request.POST if request.method == "POST" else None, initial={"known_at": now()})
    made: list[Breach] = []
    if form.done(lambda: made.append(entering.enter(form.facts(), by=actor(request)))):
        messages.success(request, _("The breach is in the register. The clock runs."))
        return redirect("desk:breach", made[0].reference)
    return render(request, "desk/breach_new.html", {"form": form}, status=422 if form.is_bound else 200)


def hours_left(row: Breach) -> int:
    """Return how many whole hours there are until the authority must have been told; negative once they have passed."""
    return int((row.due_at - now()) // timedelta(hours=1))

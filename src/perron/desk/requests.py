"""Rights requests: what is to be answered by when, those that are closed, and entering one for somebody."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from perron.accounts.models import Person
from perron.communities.access import powers, requires
from perron.communities.looking import looked, shows
from perron.communities.permissions import HANDLE_REQUESTS, READ_REQUESTS
from perron.core.clock import today
from perron.core.language import LANGUAGES, NAMES
from perron.desk.asking import DeskForm, actor
from perron.privacy.looks import What
from perron.privacy.policy.current import policy
from perron.privacy.policy.texts import texts
from perron.privacy.requests.deadlines import days_left
from perron.privacy.requests.entering import Wish, enter_for
from perron.privacy.requests.finding import closed, still_open, subject_of, to_be_told
from perron.privacy.requests.tables import Channel, Kind, Proof, Request
from perron.privacy.subjects import Subject, of_person

_BY_STAFF = [Channel.EMAIL, Channel.LETTER, Channel.TELEPHONE, Channel.COUNTER]
# Those of more pages are found by their number.
_LATELY = 50


class EntryForm(DeskForm):
    """What somebody asked for outside the program."""

    kind = forms.ChoiceField(label=gettext_lazy("What is asked for"), choices=Kind.choices)
    channel = forms.ChoiceField(
        label=gettext_lazy("How it came"), choices=[(channel.value, channel.label) for channel in _BY_STAFF]
    )
    received_on = forms.DateField(
        label=gettext_lazy("Received on"),
        help_text=gettext_lazy("The day on which it reached us, even if read later: the deadline runs from then."),
        error_messages={"required": gettext_lazy("Write the day, for example 2026-11-24."),
                        "invalid": gettext_lazy("Write the day, for example 2026-11-24.")},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    first_name = forms.CharField(label=gettext_lazy("First name"), max_length=100, required=False)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100, required=False)
    email = forms.CharField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        required=False,
        help_text=gettext_lazy("Letters go there. Without one, you send them on paper."),
        widget=forms.EmailInput(),
    )
    has_account = forms.BooleanField(label=gettext_lazy("It is about the account with this address"), required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language of the answer"), choices=list(NAMES.items()))
    activities = forms.MultipleChoiceField(
        label=gettext_lazy("What the request is about"),
        required=False,
        help_text=gettext_lazy("Nothing ticked: all that we hold about the person."),
        widget=forms.CheckboxSelectMultiple,
    )
    message = forms.CharField(
        label=gettext_lazy("What the person wrote or said"), required=False, widget=forms.Textarea(attrs={"rows": 6})
    )
    identified_by = forms.CharField(
        label=gettext_lazy("How you know who asks"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Leave it empty while you are not sure. Keep no copy of an identity document."),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"received_on": today(), "language": get_language() or LANGUAGES[0]})
        words = texts(get_language() or LANGUAGES[0])
        self.fields["activities"].choices = [  # type: ignore[attr-defined]
            (key, words.activity(key).name) for key, activity in policy().activities.items() if activity.personal
        ]

    def clean(self) -> dict[str, Any]:
        """Refuse an account that there is not."""
        said = super().clean() or self.cleaned_data
        if said.get("has_account") and not self.person():
            self.add_error("has_account", _("No account has this address."))
        return said

    def person(self) -> Person | None:
        """Return the account that the request is about, where it is about one."""
        if not self.cleaned_data.get("has_account"):
            return None
        return Person.objects.filter(email=self.cleaned_data.get("email", "").strip().lower()).first()

    def enter(self, request: HttpRequest) -> Request:
        """Write the request down."""
        said, person = self.cleaned_data, self.person()
        wish = Wish(
            kind=Kind(said["kind"]), message=said["message"], activities=said["activities"], name=said["name"],
            first_name=said["first_name"], email=said["email"], language=said["language"],
        )  # fmt: skip
        return enter_for(
            wish,
            by=actor(request),
            channel=Channel(said["channel"]),
            received_on=said["received_on"],
            person=of_person(person.pk) if person else None,
            identified_by=said["identified_by"],
        )


@requires(READ_REQUESTS)
@shows(What.REQUEST)
def index(request: HttpRequest) -> HttpResponse:
    """List what is to be answered, the most urgent first, then what was closed lately."""
    running, untold, ended = list(still_open()), list(to_be_told()), list(closed()[:_LATELY])
    looked(request, _subjects([*running, *untold, *ended]))
    context = {
        "powers": powers(request.user),
        "running": [(row, days_left(row.due_on, today())) for row in running],
        "to_be_told": untold,
        "closed": ended,
    }
    return render(request, "desk/requests.html", context)


@requires(HANDLE_REQUESTS)
def new(request: HttpRequest) -> HttpResponse:
    """Enter a request that came by letter, telephone, e-mail or at the counter."""
    form = EntryForm(request.POST if request.method == "POST" else None)
    made: list[Request] = []
    if form.done(lambda: made.append(form.enter(request))):
        messages.success(request, _("The request is entered."))
        return redirect("desk:request", made[0].reference)
    return render(request, "desk/request_new.html", {"form": form}, status=422 if form.is_bound else 200)


@requires(READ_REQUESTS)
@shows(What.PROOF)
def proofs(request: HttpRequest) -> HttpResponse:
    """List the proof that is kept of closed requests: what the authority may ask to see."""
    asked = request.GET.get("q", "").strip().lower()
    kept = Proof.objects.order_by("-closed_at")
    found = (kept.filter(reference=asked[:8]) if asked else kept)[:_LATELY]
    looked(request, _subjects(found))
    return render(request, "desk/proofs.html", {"proofs": found, "q": asked, "number": kept.count()})


def _subjects(rows: Iterable[Request | Proof]) -> list[Subject]:
    return [subject for row in rows if (subject := subject_of(row))]

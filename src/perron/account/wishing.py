"""One right, one short form: what is asked for, what follows, and the request that comes of it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from perron.account.identified import actor_of
from perron.account.rights import Asker, asker_of, right_texts
from perron.accounts.models import Person
from perron.accounts.rectifying import rectify_oneself
from perron.communities.access import anyone
from perron.core.errors import Conflict, NotFound, Refused
from perron.core.language import LANGUAGES, NAMES
from perron.privacy.models import Restriction
from perron.privacy.policy.texts import texts
from perron.privacy.requests.carrying_out import exercise
from perron.privacy.requests.entering import LONGEST_MESSAGE, Wish
from perron.privacy.requests.objecting import resting_on
from perron.privacy.requests.tables import Kind, Request
from perron.privacy.requests.wording import prospects
from perron.screens.own_posts import own_posts

_ASKED: dict[Kind, Any] = {
    Kind.ACCESS: gettext_lazy("Is there something you look for in particular?"),
    Kind.PORTABILITY: gettext_lazy("Is there something you look for in particular?"),
    Kind.RECTIFICATION: gettext_lazy("What is wrong or missing, and what should it be?"),
    Kind.ERASURE: gettext_lazy("Is there something we should know?"),
    Kind.RESTRICTION: gettext_lazy("What makes you ask?"),
    Kind.OBJECTION: gettext_lazy("What in your situation makes you object?"),
    Kind.WITHDRAWAL: gettext_lazy("Is there something we should know?"),
    Kind.COMPLAINT: gettext_lazy("What happened, and what should we do?"),
}
_NEEDED = {Kind.RECTIFICATION, Kind.COMPLAINT}


class WishForm(forms.Form):
    """What somebody asks for. Which fields there are depends on the right, and on whether the name is known."""

    use_required_attribute = False
    first_name = forms.CharField(label=gettext_lazy("First name"), max_length=100, required=False,
                                 widget=forms.TextInput(attrs={"autocomplete": "given-name"}))  # fmt: skip
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100, required=False,
                           widget=forms.TextInput(attrs={"autocomplete": "family-name"}))  # fmt: skip
    activity = forms.ChoiceField(
        label=gettext_lazy("What is it about?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what it is about.")},
    )
    ground = forms.ChoiceField(
        label=gettext_lazy("Why?"),
        widget=forms.RadioSelect,
        choices=Restriction.Ground.choices,
        error_messages={"required": gettext_lazy("Choose why your data shall be set aside.")},
    )
    message = forms.CharField(required=False, max_length=LONGEST_MESSAGE, widget=forms.Textarea(attrs={"rows": 6}),
                              error_messages={"required": gettext_lazy("Write what it is about.")})  # fmt: skip
    account_name = forms.CharField(label=gettext_lazy("Your name"), max_length=100, required=False,
                                   widget=forms.TextInput(attrs={"autocomplete": "family-name"}))  # fmt: skip
    account_first_name = forms.CharField(label=gettext_lazy("Your first name"), max_length=100, required=False,
                                         widget=forms.TextInput(attrs={"autocomplete": "given-name"}))  # fmt: skip
    account_language = forms.ChoiceField(label=gettext_lazy("Your language"), choices=list(NAMES.items()))
    sure = forms.BooleanField(
        label=gettext_lazy("Erase my data. I know that this cannot be undone."),
        error_messages={"required": gettext_lazy("Tick the box: what is erased cannot be brought back.")},
    )

    def __init__(self, data: Any, kind: Kind, asker: Asker) -> None:
        super().__init__(data)
        self.kind = kind
        self.fields["message"].label = str(_ASKED[kind])
        # Who has an account corrects the name there and then, and need not write anything.
        corrects = kind == Kind.RECTIFICATION and asker.has_account
        self.fields["message"].required = kind in _NEEDED and not corrects
        self.fields["activity"].choices = activities_for(kind)  # type: ignore[attr-defined]
        unasked = {
            "activity": kind not in {Kind.OBJECTION, Kind.WITHDRAWAL},
            "ground": kind != Kind.RESTRICTION,
            "sure": kind != Kind.ERASURE,
            "name": asker.has_account,
            "first_name": asker.has_account,
            "account_name": not corrects,
            "account_first_name": not corrects,
            "account_language": not corrects,
        }
        for field, absent in unasked.items():
            if absent:
                del self.fields[field]

    def wish(self, asker: Asker) -> Wish:
        """Return what was filled in."""
        said = self.cleaned_data
        return Wish(
            kind=self.kind,
            message=said["message"],
            activities=[said["activity"]] if said.get("activity") else [],
            name=said.get("account_name") or asker.name or said.get("name", ""),
            first_name=said.get("account_first_name") or asker.first_name or said.get("first_name", ""),
            email=asker.email,
            language=get_language() or LANGUAGES[0],
        )


@own_posts
@anyone
def right(request: HttpRequest, kind: str) -> HttpResponse:
    """Show the form of one right to who is identified, and take the request; others begin at the first page."""
    if kind not in Kind.values:
        raise NotFound(_("There is no right of this name."))
    asker, wanted = asker_of(request), Kind(kind)
    if not asker.subjects:
        return redirect(f"/account/rights/?wish={kind}")
    form = WishForm(request.POST if request.method == "POST" else None, wanted, asker)
    form.initial = {"activity": request.GET.get("activity", "")}
    if isinstance(request.user, Person):
        known = ("name", "first_name", "language")
        form.initial |= {f"account_{column}": getattr(request.user, column) for column in known}
    if form.is_valid():
        made = _tried(form, lambda: _made(request, form, asker))
        if made:
            return _after(request, made)
    context = {
        "form": form,
        "kind": wanted,
        "right": right_texts(wanted),
        "asker": asker,
        "prospects": prospects(asker.subjects) if wanted == Kind.ERASURE else (),
        "choices": wanted not in {Kind.OBJECTION, Kind.WITHDRAWAL} or activities_for(wanted),
    }
    return render(request, "account/rights/form.html", context, status=422 if form.errors else 200)


def activities_for(kind: Kind) -> list[tuple[str, str]]:
    """Return the activities that somebody can object to, or whose consent can be withdrawn, with their names."""
    ground = {Kind.OBJECTION: "legitimate_interest", Kind.WITHDRAWAL: "consent"}.get(kind, "")
    words = texts(get_language() or LANGUAGES[0])
    return [(activity.value, words.activity(activity).name) for activity in resting_on(ground)]


def _made(request: HttpRequest, form: WishForm, asker: Asker) -> Request:
    said = form.cleaned_data
    if "account_name" in said and isinstance(request.user, Person):
        return rectify_oneself(
            request.user,
            form.wish(asker),
            name=said["account_name"],
            first_name=said["account_first_name"],
            language=said["account_language"],
        )
    ground = said.get("ground", "")
    return exercise(form.wish(asker), by=actor_of(request), subjects=asker.subjects, ground=ground)


def _tried(form: WishForm, deed: Callable[[], Request]) -> Request | None:
    try:
        return deed()
    except (Conflict, Refused) as refusal:
        form.add_error(None, refusal.message)
        return None


def _after(request: HttpRequest, made: Request) -> HttpResponse:
    """Lead to the request; who was erased has no account to come back to, and reads the receipt here and now."""
    if made.kind == Kind.ERASURE and made.closed_at:
        if isinstance(request.user, Person) and not Person.objects.filter(pk=request.user.pk, is_active=True).exists():
            request.session.flush()
        words = made.steps.filter(deed="answer").values_list("words", flat=True).first()
        return render(request, "account/rights/erased.html", {"made": made, "words": words})
    messages.success(request, _("Done.") if made.closed_at else _("We have your request."))
    return redirect("account:request", made.reference)

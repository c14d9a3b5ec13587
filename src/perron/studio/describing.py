"""What the community says of itself: its administrators keep it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from perron.accounts.models import Person
from perron.communities.access import powers, requires
from perron.communities.describing import describe
from perron.communities.models import Community
from perron.communities.permissions import DESCRIBE
from perron.communities.writing import Unfit
from perron.core.language import NAMES
from perron.core.text import clean_line, clean_text
from perron.studio.opening import OpeningHoursForm

_COLUMNS = ("street", "postal_code", "locality", "phone", "email", "website")
_DESCRIPTION_LENGTH = 2000


class DescribeForm(forms.Form):
    """Description in each language, address and contacts."""

    street = forms.CharField(label=gettext_lazy("Street and number"), required=False, max_length=120)
    postal_code = forms.RegexField(
        r"^[1-9]\d{3}$", label=gettext_lazy("Postal code"), required=False, max_length=4,
        error_messages={"invalid": gettext_lazy("A Belgian postal code has four digits.")})  # fmt: skip
    locality = forms.CharField(label=gettext_lazy("Locality"), required=False, max_length=80)
    phone = forms.RegexField(
        r"^[+\d][\d\s./()-]{5,29}$", label=gettext_lazy("Telephone"), required=False, max_length=30,
        widget=forms.TextInput(attrs={"type": "tel"}),
        error_messages={"invalid": gettext_lazy("Write the number with digits, for example +32 4 221 80 00.")},
    )  # fmt: skip
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"), required=False,
        error_messages={"invalid": gettext_lazy("Write the address in full, for example info@commune.be.")},
    )  # fmt: skip
    website = forms.URLField(
        label=gettext_lazy("Website"), required=False, assume_scheme="https", max_length=200,
        error_messages={"invalid": gettext_lazy("Write the address in full, for example https://www.commune.be.")},
    )  # fmt: skip

    second_reader = forms.BooleanField(
        label=gettext_lazy("A second person reads before release"), required=False,
        help_text=gettext_lazy("Nothing but alerts is released before somebody else than its writer has accepted it."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, community: Community) -> None:
        columns = {name: getattr(community, name) for name in (*_COLUMNS, "second_reader")}
        texts = {f"description_{code}": text for code, text in community.descriptions.items()}
        super().__init__(data, initial=columns | texts)
        self.languages = list(community.languages)
        for language in self.languages:
            self.fields[f"description_{language}"] = forms.CharField(
                label=NAMES[language], required=False, max_length=_DESCRIPTION_LENGTH,
                widget=forms.Textarea(attrs={"rows": 4, "lang": language, "dir": "auto"}))  # fmt: skip

    def values(self, before: dict[str, str]) -> dict[str, Any]:
        """Return the columns; descriptions in languages that were not asked stay. Only after `is_valid()`."""
        descriptions = before | {code: clean_text(self.cleaned_data[f"description_{code}"]) for code in self.languages}
        columns = {name: clean_line(self.cleaned_data[name]) for name in _COLUMNS}
        descriptions = {code: text for code, text in descriptions.items() if text}
        return columns | {"descriptions": descriptions, "second_reader": self.cleaned_data["second_reader"]}


@requires(DESCRIBE)
def settings(request: HttpRequest, community: Community) -> HttpResponse:
    """Ask for everything that residents see of the community itself."""
    data = request.POST if request.method == "POST" else None
    form = DescribeForm(data, community=community)
    hours = OpeningHoursForm(data, hours=community.opening_hours)
    if data is not None and form.is_valid() & hours.is_valid():
        assert isinstance(request.user, Person)
        values = form.values(community.descriptions) | {"opening_hours": hours.cleaned_data["opening_hours"]}
        try:
            describe(community, by=request.user.actor, **values)
        except Unfit as refused:
            _say(form, refused)
        else:
            messages.success(request, _("Saved. Residents see it now."))
            return redirect("studio:home", community.slug)
    context = {
        "community": community,
        "powers": powers(request.user, community),
        "form": form,
        "hours": hours,
        "descriptions": [form[f"description_{code}"] for code in form.languages],
        "contacts": [form[name] for name in _COLUMNS],
    }
    return render(request, "studio/settings.html", context, status=422 if data is not None else 200)


def _say(form: DescribeForm, refused: Unfit) -> None:
    """Put the sentences of the rule beside the fields."""
    for column, sentences in refused.fields.items():
        name = f"description_{form.languages[0]}" if column == "descriptions" else column
        form.add_error(name if name in form.fields else None, sentences)

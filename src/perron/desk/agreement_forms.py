"""What is asked of somebody who signs, uploads or ends an agreement."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from perron.communities.contracting.tables import Agreement
from perron.core.language import NAMES
from perron.desk.asking import DeskForm

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_STAFF = gettext_lazy("The partner undertakes to inform its staff of what is done with their data")
_CHILDREN = gettext_lazy("It binds the partner’s sub-organisations too")


class _AgreementForm(DeskForm):
    """`staff` and `children` say whether those two are asked."""

    informs_staff = forms.BooleanField(
        label=_STAFF,
        required=True,
        error_messages={"required": gettext_lazy("Without this undertaking the contract cannot be signed.")},
    )
    with_children = forms.BooleanField(label=_CHILDREN, required=False)

    def __init__(self, *posted: Any, staff: bool, children: bool, **more: Any) -> None:
        super().__init__(*posted, **more)
        if not staff:
            del self.fields["informs_staff"]
        if not children:
            del self.fields["with_children"]


class SignForm(_AgreementForm):
    """Who signs, and that the text was read: it is named by its SHA-256."""

    text_hash = forms.CharField(max_length=64, widget=forms.HiddenInput)
    language = forms.ChoiceField(choices=list(NAMES.items()), widget=forms.HiddenInput)
    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
        error_messages={"required": gettext_lazy("Write your name as it should stand under the text.")},
    )
    capacity = forms.CharField(
        label=gettext_lazy("Your capacity"),
        max_length=120,
        help_text=gettext_lazy("What you are there, and may sign as: director, mayor, managing partner."),
        widget=forms.TextInput(attrs={"autocomplete": "organization-title", "dir": "auto"}),
        error_messages={"required": gettext_lazy("Write what you are there, for example director.")},
    )
    read = forms.BooleanField(
        label=gettext_lazy("I have read the text below and may sign for this organisation"),
        error_messages={"required": gettext_lazy("Read the text, then say so here.")},
    )
    field_order = ("name", "capacity", "informs_staff", "with_children", "read", "text_hash", "language")

    def signed(self) -> dict[str, Any]:
        """Return what the rule takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "read"}


class UploadForm(_AgreementForm):
    """A PDF of what both signed by hand."""

    file = forms.FileField(
        label=gettext_lazy("The signed agreement"),
        help_text=gettext_lazy("A PDF of at most 10 MB with every page and both signatures."),
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
        error_messages={"required": gettext_lazy("Choose the PDF."), "empty": gettext_lazy("This file is empty.")},
    )
    language = forms.ChoiceField(label=gettext_lazy("Language of the text"), choices=list(NAMES.items()))
    signed_on = forms.DateField(
        label=gettext_lazy("Signed on"),
        help_text=gettext_lazy("The later of the two dates. It says by which version of the policy it was drawn up."),
        widget=_DAY,
        error_messages={"required": gettext_lazy("Write the day on which it was signed."),
                        "invalid": gettext_lazy("Write the day on which it was signed.")},
    )  # fmt: skip
    field_order = ("file", "language", "signed_on", "informs_staff", "with_children")

    def uploaded(self) -> dict[str, Any]:
        """Return what the rule takes."""
        return dict(self.cleaned_data)


class EndForm(DeskForm):
    """What becomes of the data, and by when; and that it is meant."""

    hand_over = forms.ChoiceField(
        label=gettext_lazy("What becomes of the data?"),
        choices=Agreement.HandOver.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what becomes of the data.")},
    )
    due_on = forms.DateField(
        label=gettext_lazy("Gone by"),
        help_text=gettext_lazy("Until that day the partner’s people can still sign in and fetch what is theirs."),
        widget=_DAY,
        error_messages={"required": gettext_lazy("Write the day by which the data are gone."),
                        "invalid": gettext_lazy("Write the day by which the data are gone.")},
    )  # fmt: skip
    sure = forms.BooleanField(
        label=gettext_lazy("Yes, end this agreement now"),
        error_messages={"required": gettext_lazy("Tick this to end it, or go back.")},
    )

    def ended(self) -> dict[str, Any]:
        """Return what the rule takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "sure"}

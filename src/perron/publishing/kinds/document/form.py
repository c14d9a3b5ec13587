from django import forms
from django.utils.translation import gettext_lazy

from perron.publishing.kinds.base import DetailsForm
from perron.publishing.kinds.document.model import DocumentDetails


class DocumentForm(DetailsForm):
    """What sort of document, its reference, and the last day to react."""

    type = forms.ChoiceField(label=gettext_lazy("Type"), choices=DocumentDetails.Type)
    reference = forms.CharField(label=gettext_lazy("Reference"), max_length=80, required=False)
    deadline = forms.DateField(label=gettext_lazy("Last day to react"), required=False,
                               widget=forms.DateInput(attrs={"type": "date"}))  # fmt: skip

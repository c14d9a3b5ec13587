from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from perron.publishing.kinds.base import DetailsForm
from perron.publishing.kinds.fields import latitude_field, longitude_field, refuse_half_a_point


class WorksForm(DetailsForm):
    """Where, from when to when, the way round and who is affected."""

    per_language: ClassVar = {
        "detours": forms.CharField(label=gettext_lazy("Way round"), max_length=1000, widget=forms.Textarea),
        "affected": forms.CharField(label=gettext_lazy("Who is affected"), max_length=200, widget=forms.TextInput),
    }

    place = forms.CharField(label=gettext_lazy("Where"), max_length=200)
    starts_on = forms.DateField(label=gettext_lazy("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    ends_on = forms.DateField(label=gettext_lazy("Last day"), widget=forms.DateInput(attrs={"type": "date"}))
    latitude = latitude_field()
    longitude = longitude_field()

    def clean(self) -> dict[str, Any]:
        """Look that the works end after they start."""
        cleaned = super().clean()
        refuse_half_a_point(self, cleaned)
        if {"starts_on", "ends_on"} <= set(cleaned) and cleaned["ends_on"] < cleaned["starts_on"]:
            self.add_error("ends_on", _("The works end before they start. Change one of the two."))
        return cleaned

from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from perron.core.clock import now
from perron.publishing.kinds.alert.model import AlertDetails
from perron.publishing.kinds.base import DetailsForm
from perron.publishing.kinds.fields import LocalMomentField

LONGEST = timedelta(days=31)
USUAL = timedelta(hours=12)


class AlertForm(DetailsForm):
    """Everything but the words has a sensible answer already, so that an alert takes ten seconds."""

    per_language: ClassVar = {
        "instructions": forms.CharField(label=gettext_lazy("What to do"), max_length=500, widget=forms.Textarea)
    }

    status = forms.ChoiceField(label=gettext_lazy("Real or exercise"), choices=AlertDetails.Status,
                               initial=AlertDetails.Status.ACTUAL)  # fmt: skip
    category = forms.ChoiceField(label=gettext_lazy("Subject"), choices=AlertDetails.Category,
                                 initial=AlertDetails.Category.SAFETY)  # fmt: skip
    severity = forms.ChoiceField(label=gettext_lazy("How bad"), choices=AlertDetails.Severity,
                                 initial=AlertDetails.Severity.SEVERE)  # fmt: skip
    urgency = forms.ChoiceField(label=gettext_lazy("When to act"), choices=AlertDetails.Urgency,
                                initial=AlertDetails.Urgency.IMMEDIATE)  # fmt: skip
    certainty = forms.ChoiceField(label=gettext_lazy("How sure"), choices=AlertDetails.Certainty,
                                  initial=AlertDetails.Certainty.OBSERVED)  # fmt: skip
    effective_at = LocalMomentField(label=gettext_lazy("Valid from"), required=False)
    ends_at = LocalMomentField(label=gettext_lazy("Until"), required=False)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        if data is not None:
            choices = {name: field.initial for name, field in self.base_fields.items() if field.initial}
            data = choices | {name: value for name, value in data.items() if value not in (None, "")}
        super().__init__(data, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Begin now and end after twelve hours where nothing is said."""
        cleaned = super().clean()
        if not {"effective_at", "ends_at"} <= set(cleaned):
            return cleaned
        cleaned["effective_at"] = cleaned["effective_at"] or now()
        cleaned["ends_at"] = cleaned["ends_at"] or cleaned["effective_at"] + USUAL
        if cleaned["ends_at"] <= cleaned["effective_at"]:
            self.add_error("ends_at", _("The alert ends before it begins. Change one of the two."))
        elif cleaned["ends_at"] - cleaned["effective_at"] > LONGEST:
            self.add_error("ends_at", _("An alert lasts at most 31 days. Release it again if it goes on."))
        return cleaned

"""What every kind of item offers. A kind is a folder: its table, form, card, page and mappings together."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.db import models
from django.utils.functional import Promise

from perron.core.language import NAMES
from perron.core.text import clean_line, clean_text


class DetailsForm(forms.Form):
    """The kind's own questions. Its raw data is JSON (`Content.details`), so a draft may be incomplete.

    `per_language` names fields that are asked once per language of the community: they are shown as
    `{name}_{language}` and come out of `values()` as one `{language: text}` mapping.
    """

    per_language: ClassVar[dict[str, forms.CharField]] = {}

    def __init__(self, data: Mapping[str, Any] | None = None, *, languages: Sequence[str], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.languages = list(languages)
        for name, prototype in self.per_language.items():
            for language in self.languages:
                field = forms.CharField(
                    label=f"{prototype.label} ({NAMES[language]})",
                    max_length=prototype.max_length,
                    required=False,
                    widget=prototype.widget,
                    help_text=prototype.help_text,
                )
                self.fields[f"{name}_{language}"] = field

    def values(self) -> dict[str, Any]:
        """Return the columns of the kind's table; only after `is_valid()`."""
        columns = dict(self.cleaned_data)
        for name in self.per_language:
            answers = {language: columns.pop(f"{name}_{language}") for language in self.languages}
            columns[name] = {language: answer for language, answer in answers.items() if answer}
        return columns

    def clean(self) -> dict[str, Any]:
        """Clean every text of control and direction-changing characters."""
        cleaned = super().clean() or {}
        for name, value in cleaned.items():
            if isinstance(value, str):
                multiline = isinstance(self.fields[name].widget, forms.Textarea)
                cleaned[name] = clean_text(value) if multiline else clean_line(value)
        return cleaned


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of item. `model` and `form` are None for news, which has no details of its own."""

    slug: str
    label: Promise
    plural: Promise
    model: type[models.Model] | None = None
    form: type[DetailsForm] = DetailsForm
    # Until when the item stays in feeds however old it is, from the columns of its details: an alert in force,
    # works that go on, a deadline to come. Events have their occurrences instead.
    matters_until: Callable[[Mapping[str, Any]], datetime | None] = lambda _details: None
    # Columns of its details whose words it is found by: texts, and mappings of language to text.
    searched: tuple[str, ...] = ()
    # Called in the transaction of a release, correction or withdrawal with the item and `Release.What`.
    announced: Callable[[Any, str], None] | None = None

    @property
    def card(self) -> str:
        """The template of the card in a feed; it gets `story`."""
        return f"{self.slug}/card.html"

    @property
    def page(self) -> str:
        """The template of the kind's own part of the item's page; it gets `story`."""
        return f"{self.slug}/page.html"

    def details_name(self) -> str:
        """Return the name of the one-to-one relation from `Item`."""
        return f"{self.slug}details"

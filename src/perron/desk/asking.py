"""What the desk's forms share: names per language, languages in order, a commune, a refusal beside its field."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from perron.accounts.models import Person
from perron.communities import communes
from perron.communities.communes import Commune
from perron.communities.writing import Unfit
from perron.core.errors import Conflict, NotStored, Refused, TooLarge
from perron.core.language import LANGUAGES, NAMES
from perron.core.text import clean_line, normalise
from perron.privacy.acting import Actor

_CODE = re.compile(r"\b(?:B-?)?\d{4}\b", re.IGNORECASE)
_NUMBERED = re.compile(r"\((\d{5})\)\s*$")


class DeskForm(forms.Form):
    """A form whose deed is a rule of `communities`; what the rule refuses is said beside the field it is about."""

    use_required_attribute = False
    # Columns of the rule to fields of the form, where the names differ.
    fields_of: dict[str, str] = {}

    def done(self, deed: Callable[[], object]) -> bool:
        """Say whether the form was filled in well and `deed` was not refused."""
        if self.is_valid():
            self.do(deed)
        return self.is_bound and not self.errors

    def do[T](self, deed: Callable[[], T]) -> T | None:
        """Return what `deed` returns; None if it was refused, the sentences being the form's errors then."""
        try:
            return deed()
        except Unfit as refusal:
            for column, sentences in refusal.fields.items():
                field = self.fields_of.get(column, column)
                for sentence in sentences:
                    self.add_error(field if field in self.fields else None, sentence)
        except (Conflict, Refused, TooLarge, NotStored) as refusal:
            self.add_error(None, refusal.message)
        return None


class NamesForm(DeskForm):
    """A name in each language, at least one."""

    fields_of: dict[str, str] = {"names": "name_fr"}

    def __init__(self, data: Any = None, *, names: Mapping[str, str] | None = None, **more: Any) -> None:
        super().__init__(data, **more)
        own = self.fields
        self.fields = {}
        for language in LANGUAGES:
            label = _("Name (%(language)s)") % {"language": NAMES[language]}
            attributes = {"lang": language, "dir": "auto"}
            self.fields[f"name_{language}"] = forms.CharField(
                label=label, required=False, max_length=120, widget=forms.TextInput(attrs=attributes)
            )
            self.initial.setdefault(f"name_{language}", (names or {}).get(language, ""))
        self.fields.update(own)

    def clean(self) -> dict[str, Any]:
        """Refuse no name at all."""
        cleaned = super().clean() or self.cleaned_data
        if not self.names() and not any(name.startswith("name_") for name in self.errors):
            self.add_error("name_fr", _("Write the name in at least one language."))
        return cleaned

    def names(self) -> dict[str, str]:
        """Return `{language: name}` of those that were written."""
        found = {language: clean_line(self.cleaned_data.get(f"name_{language}") or "") for language in LANGUAGES}
        return {language: name for language, name in found.items() if name}


class LanguagesField(forms.MultipleChoiceField):
    """Languages, ticked; the first of them is asked beside."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **more: Any) -> None:
        super().__init__(
            choices=list(NAMES.items()),
            label=gettext_lazy("Languages"),
            error_messages={"required": gettext_lazy("Choose at least one language.")},
            **more,
        )


class FirstLanguageField(forms.ChoiceField):
    """The language that comes first."""

    def __init__(self, **more: Any) -> None:
        super().__init__(
            choices=list(NAMES.items()),
            label=gettext_lazy("First language"),
            help_text=gettext_lazy("What people see who ask for a language that is not there."),
            **more,
        )


def in_order(first: str, ticked: list[str]) -> list[str]:
    """Return the ticked languages, `first` before the others."""
    return [first, *(language for language in LANGUAGES if language in ticked and language != first)]


class CommuneField(forms.CharField):
    """A commune by its name, postal code, or name with NIS code; becomes its NIS code, "" for none."""

    def __init__(self, **more: Any) -> None:
        super().__init__(required=False, max_length=100, widget=forms.TextInput(attrs={"list": "communes"}), **more)

    def clean(self, value: Any) -> str:
        """Return the NIS code; refuse what means no commune, or several."""
        text = super().clean(value)
        return find(text).nis if text else ""


class CommunesField(forms.CharField):
    """Communes, one on each line; becomes the list of their NIS codes."""

    def __init__(self, **more: Any) -> None:
        super().__init__(required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 5}), **more)

    def clean(self, value: Any) -> list[str]:
        """Return the NIS codes, each once; refuse the first line that means no commune, or several."""
        lines = filter(None, (line.strip() for line in super().clean(value).splitlines()))
        return list(dict.fromkeys(find(line).nis for line in lines))


def find(text: str) -> Commune:
    """Return the one commune that `text` means. Raises `ValidationError` for none or several."""
    if (numbered := _NUMBERED.search(text)) and (found := communes.by_nis(numbered[1])):
        return found
    candidates = communes.look_up(text, 5)
    if not candidates:
        raise forms.ValidationError(_("No commune has the name or postal code “%(text)s”.") % {"text": text[:60]})
    name = normalise(_CODE.sub("", text))
    exact = [commune for commune in candidates if name in map(normalise, commune.names.values())]
    if len(candidates) == 1 or len(exact) == 1:
        return (exact or candidates)[0]
    several = ", ".join(written(commune.nis) for commune in exact or candidates)
    raise forms.ValidationError(_("Several communes fit. Write one of these: %(several)s.") % {"several": several})


def written(nis: str) -> str:
    """Return how a commune is written in these fields: "Liège (62063)"; "" for none."""
    commune = communes.by_nis(nis)
    return f"{commune.name_in(get_language() or LANGUAGES[0])} ({commune.nis})" if commune else ""


def communes_offered() -> list[str]:
    """Return every commune as it is written here, for the browser's own completion."""
    return sorted((written(commune.nis) for commune in communes.present()), key=normalise)


def actor(request: Any) -> Actor:
    """Return who is signed in as the one who acts."""
    assert isinstance(request.user, Person)
    return request.user.actor

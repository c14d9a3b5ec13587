"""Between the editor's form and `Content`: what was typed is kept as it is, however incomplete."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import get_language, gettext_lazy

from perron.communities.models import Community, Topic
from perron.core.clock import BRUSSELS
from perron.core.language import LANGUAGES, localised
from perron.core.text import clean_line, clean_text
from perron.publishing.checking import MOST_PICTURES, SUMMARY_LENGTH, TITLE_LENGTH
from perron.publishing.content import Content, Enclosed, Shown
from perron.publishing.kinds.base import DetailsForm
from perron.publishing.kinds.fields import LocalMomentField, to_moment
from perron.publishing.kinds.registry import KINDS

MOST_FILES = 20
CORRECTION_LENGTH = 300


class WordsForm(forms.Form):
    """Title, summary and body in each language."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, languages: Sequence[str], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        for language in languages:
            written = {"lang": language, "dir": "auto"}
            self.fields |= {
                f"title_{language}": forms.CharField(
                    label=gettext_lazy("Title"), required=False,
                    widget=forms.TextInput(attrs=written | {"maxlength": TITLE_LENGTH})),
                f"summary_{language}": forms.CharField(
                    label=gettext_lazy("Summary"), required=False,
                    help_text=gettext_lazy("One or two sentences: what people see in the feed."),
                    widget=forms.Textarea(attrs=written | {"maxlength": SUMMARY_LENGTH, "rows": 2})),
                f"body_{language}": forms.CharField(
                    label=gettext_lazy("Text"), required=False,
                    help_text=gettext_lazy("**bold**, *italic*, # heading, - list, [words](address)"),
                    widget=forms.Textarea(attrs=written | {"rows": 10, "data-live": f"live_{language}"})),
            }  # fmt: skip


class BelongingForm(forms.Form):
    """What it is about, where it matters, and until when it is public."""

    topics = forms.MultipleChoiceField(
        label=gettext_lazy("Topics"), required=False, widget=forms.CheckboxSelectMultiple
    )
    areas = forms.MultipleChoiceField(
        label=gettext_lazy("Where it matters"), required=False, widget=forms.CheckboxSelectMultiple
    )
    expires_at = forms.CharField(
        label=gettext_lazy("Public until"), required=False,
        help_text=gettext_lazy("Leave it empty to keep it public."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))  # fmt: skip

    def __init__(self, data: Mapping[str, Any] | None = None, *, community: Community, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        language = get_language() or LANGUAGES[0]
        for name, choices in (
            ("topics", [(topic.slug, localised(topic.names, language)) for topic in Topic.objects.all()]),
            ("areas", [(str(area.pk), localised(area.names, language)) for area in community.areas.order_by("slug")]),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.MultipleChoiceField)
            field.choices = choices
            if not choices:
                del self.fields[name]


def languages_of(community: Community, content: Content) -> list[str]:
    """Return the community's languages, then any other in which the content has words."""
    return list(dict.fromkeys([*community.languages, *content.texts]))


def read(post: QueryDict, community: Community, kind: str, before: Content) -> Content:
    """Return what the form says, on top of `before`: what the form does not ask stays as it was."""
    languages = languages_of(community, before)
    return Content.from_json(
        {
            "texts": _texts(post, languages),
            "details": _details(post, community, kind, before),
            "topics": [topic.slug for topic in Topic.objects.all() if topic.slug in post.getlist("topics")],
            "areas": [str(area.pk) for area in community.areas.filter(pk__in=_keys(post, "areas"))],
            "pictures": [_picture(post, key, languages) for key in _keys(post, "picture")],
            "enclosures": [_enclosure(post, key, languages) for key in _keys(post, "enclosure")],
            "correction": {code: post.get(f"correction_{code}", "")[:CORRECTION_LENGTH] for code in languages},
            "expires_at": _same_moment(clean_line(post.get("expires_at", ""))[:40], before.expires_at),
        }
    )


def words_data(content: Content, languages: Sequence[str]) -> dict[str, str]:
    """Return the values of `WordsForm`."""
    return {
        f"{name}_{language}": getattr(content.texts[language], name) if language in content.texts else ""
        for language in languages
        for name in ("title", "summary", "body")
    }


def belonging_data(content: Content) -> dict[str, Any]:
    """Return the values of `BelongingForm`."""
    return {
        "topics": list(content.topics),
        "areas": list(content.areas),
        "expires_at": local_text(content.expires_at),
    }


def details_data(kind: str, community: Community, content: Content) -> dict[str, Any]:
    """Return the values of the kind's form, moments as local times."""
    form = KINDS[kind].form(languages=community.languages)
    return {
        name: local_text(value) if isinstance(form.fields.get(name), LocalMomentField) else value
        for name, value in content.details.items()
    }


def local_text(moment: object) -> str:
    """Return an ISO 8601 moment as a `datetime-local` shows it in Brussels; what is none, as it is."""
    local = to_local(moment)
    return f"{local:%Y-%m-%dT%H:%M}" if local else str(moment or "")


def to_local(moment: object) -> datetime | None:
    """Return an ISO 8601 moment in Brussels' time, or None if it is none."""
    try:
        return to_moment(str(moment)).astimezone(BRUSSELS) if moment else None
    except ValidationError:
        return None


def rearranged(content: Content, action: str) -> Content:
    """Return `content` with a picture moved or removed, or a file removed: "picture-up:{id}" and the like."""
    verb, _colon, key = action.partition(":")
    changed = content.to_json()
    name, identifier = ("enclosures", "attachment") if verb.startswith("enclosure") else ("pictures", "image")
    rows: list[dict[str, Any]] = list(changed[name])
    place = next((place for place, row in enumerate(rows) if row[identifier] == key), None)
    if place is None:
        return content
    row = rows.pop(place)
    if verb.endswith("-up"):
        rows.insert(max(place - 1, 0), row)
    elif verb.endswith("-down"):
        rows.insert(place + 1, row)
    return Content.from_json(changed | {name: rows})


def _texts(post: QueryDict, languages: Sequence[str]) -> dict[str, dict[str, str]]:
    """The languages in which anything is written."""
    written = {
        language: {name: post.get(f"{name}_{language}", "") for name in ("title", "summary", "body")}
        for language in languages
    }
    return {language: words for language, words in written.items() if any(words.values())}


def _details(post: QueryDict, community: Community, kind: str, before: Content) -> dict[str, Any]:
    form: DetailsForm = KINDS[kind].form(languages=community.languages)
    shown = details_data(kind, community, before)
    details = dict(before.details)
    for name, field in form.fields.items():
        if isinstance(field, forms.BooleanField):
            if name in post or name in details:
                details[name] = name in post
        elif name in post and not field.widget.is_hidden:
            typed = clean_text(post.get(name, ""))
            # A moment that nobody touched keeps its seconds and its offset.
            known = shown.get(name, "")
            # Numbers, which imports bring, are shown as they would be typed.
            if typed != (str(known) if isinstance(known, float) else known):
                details[name] = typed
    return details


def _same_moment(typed: str, before: str) -> str:
    return before if typed == local_text(before) else typed


def _picture(post: QueryDict, key: str, languages: Sequence[str]) -> dict[str, Any]:
    shown = Shown(key, _per_language(post, f"alternative_{key}", languages), clean_line(post.get(f"credit_{key}", "")))
    return {"image": shown.image, "alternatives": shown.alternatives, "credit": shown.credit[:140]}


def _enclosure(post: QueryDict, key: str, languages: Sequence[str]) -> dict[str, Any]:
    enclosed = Enclosed(key, _per_language(post, f"enclosed_{key}", languages))
    return {"attachment": enclosed.attachment, "titles": enclosed.titles}


def _per_language(post: QueryDict, name: str, languages: Sequence[str]) -> dict[str, str]:
    answers = {language: clean_line(post.get(f"{name}_{language}", ""))[:300] for language in languages}
    return {language: answer for language, answer in answers.items() if answer}


def _keys(post: QueryDict, name: str) -> list[str]:
    keys = []
    for value in dict.fromkeys(post.getlist(name)):
        try:
            keys.append(str(UUID(value)))
        except ValueError:
            continue
    return keys[: max(MOST_PICTURES, MOST_FILES)]

"""What differs between two contents, field by field, in words: for a correction, and for two editors at once."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from perron.communities.models import Community
from perron.core.language import NAMES
from perron.publishing.content import Content, Words
from perron.publishing.kinds.registry import KINDS
from perron.studio.writing import details_data, local_text


@dataclass(frozen=True)
class Difference:
    """A field that two contents answer differently. `language` is that of the two texts, or ""."""

    label: str
    one: str
    other: str
    language: str = ""


def differences(one: Content, other: Content, *, community: Community, kind: str) -> list[Difference]:
    """Return what differs, in the order of the form."""
    pairs = [*_texts(one, other), *_details(one, other, community, kind), *_belongings(one, other)]
    return [pair for pair in pairs if pair.one != pair.other]


def _texts(one: Content, other: Content) -> Iterator[Difference]:
    labels = {"title": _("Title"), "summary": _("Summary"), "body": _("Text")}
    for language in dict.fromkeys([*one.texts, *other.texts]):
        for name, label in labels.items():
            yield Difference(
                f"{label} ({NAMES[language]})",
                getattr(one.texts.get(language, Words()), name),
                getattr(other.texts.get(language, Words()), name),
                language,
            )


def _details(one: Content, other: Content, community: Community, kind: str) -> Iterator[Difference]:
    form = KINDS[kind].form(languages=community.languages)
    mine, theirs = details_data(kind, community, one), details_data(kind, community, other)
    for name, field in form.fields.items():
        if field.label:
            yield Difference(str(field.label), _said(mine.get(name)), _said(theirs.get(name)))


def _belongings(one: Content, other: Content) -> Iterator[Difference]:
    yield Difference(_("Topics"), ", ".join(one.topics), ", ".join(other.topics))
    yield Difference(_("Where it matters"), _number(len(one.areas)), _number(len(other.areas)))
    yield Difference(_("Pictures"), _pictures(one), _pictures(other))
    yield Difference(_("Files"), _files(one), _files(other))
    for language in dict.fromkeys([*one.correction, *other.correction]):
        label = _("What is corrected (%(name)s)") % {"name": NAMES[language]}
        yield Difference(label, one.correction.get(language, ""), other.correction.get(language, ""), language)
    yield Difference(_("Public until"), local_text(one.expires_at), local_text(other.expires_at))


def _said(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value or "").replace("T", " ") if isinstance(value, str) and value[4:5] == "-" else str(value or "")


def _number(number: int) -> str:
    return str(number) if number else ""


def _pictures(content: Content) -> str:
    undescribed = _("without description")
    return "\n".join(
        f"{place}. {' / '.join(shown.alternatives.values()) or undescribed}"
        for place, shown in enumerate(content.pictures, 1)
    )


def _files(content: Content) -> str:
    untitled = _("without title")
    return "\n".join(
        f"{place}. {' / '.join(enclosed.titles.values()) or untitled}"
        for place, enclosed in enumerate(content.enclosures, 1)
    )

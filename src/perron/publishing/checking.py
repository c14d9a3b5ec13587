"""Whether a content can be released: each problem with the field it belongs to, in a sentence."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from perron.communities.models import Area, Community, Topic
from perron.core.clock import now
from perron.publishing.content import Content
from perron.publishing.kinds.base import DetailsForm
from perron.publishing.kinds.fields import to_moment
from perron.publishing.kinds.registry import KINDS

TITLE_LENGTH = 140
SUMMARY_LENGTH = 300
BODY_LENGTH = 50_000
MOST_PICTURES = 20


@dataclass(frozen=True)
class Problem:
    """What is wrong and where: `field` is the name of the form field, for example "title_fr"."""

    field: str
    message: str


@dataclass(frozen=True)
class Checked:
    """The outcome: no problems, or none of the values may be used."""

    problems: list[Problem]
    details: dict[str, Any]
    expires_at: datetime | None = None


def check(community: Community, kind: str, content: Content) -> Checked:
    """Return what must be changed before `content` can be released, and the kind's columns."""
    form = details_form(community, kind, content)
    problems = [
        *_text_problems(community, content),
        *_form_problems(form),
        *_reference_problems(community, content),
    ]
    expires_at = None
    if content.expires_at:
        try:
            expires_at = to_moment(content.expires_at)
            if expires_at <= now():
                problems.append(Problem("expires_at", _("The end of publication lies in the past.")))
        except ValidationError as error:
            problems.append(Problem("expires_at", error.messages[0]))
    return Checked(problems, form.values() if not problems else {}, expires_at)


def details_form(community: Community, kind: str, content: Content) -> DetailsForm:
    """Return the kind's form, bound to the details of `content`."""
    return KINDS[kind].form(content.details, languages=community.languages)


def _text_problems(community: Community, content: Content) -> list[Problem]:
    problems = []
    written = {
        language: words for language, words in content.texts.items() if words.title or words.body or words.summary
    }
    if not written:
        problems.append(Problem(f"title_{community.languages[0]}", _("Write a title.")))
    for language, words in written.items():
        if not words.title:
            problems.append(Problem(f"title_{language}", _("Write a title.")))
        for name, text, most in (("title", words.title, TITLE_LENGTH), ("summary", words.summary, SUMMARY_LENGTH),
                                 ("body", words.body, BODY_LENGTH)):  # fmt: skip
            if len(text) > most:
                sentence = _("This text has %(length)d characters; %(most)d are possible.")
                problems.append(Problem(f"{name}_{language}", sentence % {"length": len(text), "most": most}))
        if language not in community.languages:
            problems.append(Problem(f"title_{language}", _("The community does not publish in this language.")))
    return problems


def _form_problems(form: DetailsForm) -> list[Problem]:
    if form.is_valid():
        return []
    return [Problem(field, str(message)) for field, messages in form.errors.items() for message in messages]


def _reference_problems(community: Community, content: Content) -> list[Problem]:
    """Look that everything the content names exists and belongs to the community."""
    problems = []
    images = [shown.image for shown in content.pictures]
    files = [enclosed.attachment for enclosed in content.enclosures]
    if len(images) > MOST_PICTURES:
        problems.append(Problem("pictures", _("An item has at most %(most)d pictures.") % {"most": MOST_PICTURES}))
    if images and community.images.filter(pk__in=images).count() != len(set(images)):
        problems.append(Problem("pictures", _("A picture is gone. Remove it or upload it again.")))
    if files and community.attachments.filter(pk__in=files).count() != len(set(files)):
        problems.append(Problem("enclosures", _("A file is gone. Remove it or upload it again.")))
    if any(not any(text.strip() for text in shown.alternatives.values()) for shown in content.pictures):
        problems.append(Problem("pictures", _("Describe each picture in a few words, for people who cannot see it.")))
    if content.topics and Topic.objects.filter(slug__in=content.topics).count() != len(set(content.topics)):
        problems.append(Problem("topics", _("A topic does not exist any more. Choose again.")))
    if content.areas and Area.objects.filter(community=community, pk__in=content.areas).count() != len(
        set(content.areas)
    ):
        problems.append(Problem("areas", _("An area does not exist any more. Choose again.")))
    return problems

"""The editor's page: what the template needs, from a content."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from perron.communities.access import powers
from perron.communities.models import Community
from perron.communities.outlines import PLANE, outlines
from perron.core.language import NAMES
from perron.privacy.models import AuditEntry
from perron.publishing.addresses import image_path, item_path
from perron.publishing.checking import Problem, check
from perron.publishing.content import Content
from perron.publishing.guiding import guardian_of, was_sent_back
from perron.publishing.kinds.registry import KINDS
from perron.publishing.models import Item, Revision
from perron.publishing.working.reviewing import review_of
from perron.statistics.reading import openings
from perron.studio import repeating
from perron.studio.advising import advice_for
from perron.studio.asking import Answers
from perron.studio.comparing import differences
from perron.studio.items import STATES, state_of
from perron.studio.sending import ledger_of
from perron.studio.writing import BelongingForm, WordsForm, belonging_data, details_data, languages_of, words_data

# Asked by `RepeatForm` instead.
_REPEATING = {"recurrence", "except_dates", "extra_dates"}
_SPARE_ROWS = 3


def editor(
    request: HttpRequest,
    community: Community,
    kind: str,
    content: Content,
    *,
    item: Item | None = None,
    answers: Answers | None = None,
    problems: Sequence[Problem] = (),
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """Return the editor with `content` in it; `problems` are said at its top and beside the fields."""
    languages = languages_of(community, content)
    words = WordsForm(words_data(content, languages), languages=languages)
    details = _details_form(community, kind, content, bound=bool(problems))
    belonging = BelongingForm(belonging_data(content), community=community)
    for problem in problems:
        for form in (words, belonging):
            if problem.field in form.fields:
                form.add_error(problem.field, problem.message)
    context = {
        "community": community,
        "kind": KINDS[kind],
        "item": item,
        "powers": powers(request.user, community),
        "panels": _panels(words, details, languages, kind),
        "details": [field for field in details.visible_fields() if _plain(field, details, languages)],
        "plane": PLANE if "latitude" in details.fields else None,
        "outline": outlines().get(community.commune_nis),
        "belonging": belonging,
        "pictures": _pictures(community, content, languages),
        "files": _files(community, content, languages),
        "problems": problems,
        "summary": [_named(problem, details) for problem in problems],
        "corrections": _corrections(item, content, languages),
        "address": _address(community, kind, item),
        "autosave": _autosave(community, kind, item),
        "form_id": uuid4(),
        "primary": _primary(community, kind, item),
        **(_repeat(content, answers) if kind == "event" else {}),
        **(_standing(item, content) if item else {}),
        **advice_for(community, kind, content, item),
        **more,
    }
    review = context.get("review")
    context["unread"] = community.second_reader and kind != "alert" and (review is None or review.state != "accepted")
    return render(request, "studio/editor.html", context, status=status)


def _named(problem: Problem, details: forms.Form) -> Problem:
    """Away from its field, "This field is required." does not say which: the label goes before it."""
    field = details.fields.get(problem.field)
    return replace(problem, message=f"{field.label}: {problem.message}") if field and field.label else problem


def release_words(number: int) -> str:
    """Return what the button says that releases to `number` platforms."""
    sentence = ngettext("Release now to %(number)d platform", "Release now to %(number)d platforms", number)
    return sentence % {"number": number}


def _details_form(community: Community, kind: str, content: Content, *, bound: bool) -> forms.Form:
    data = details_data(kind, community, content)
    form = KINDS[kind].form
    if bound:
        return form(data, languages=community.languages)
    return form(initial=data, languages=community.languages)


def _panels(words: WordsForm, details: Any, languages: Sequence[str], kind: str) -> list[dict[str, Any]]:
    """One for each language; those with words, and the first, stand open."""
    panels = []
    for place, language in enumerate(languages):
        names = [f"{name}_{language}" for name in KINDS[kind].form.per_language]
        fields = [words[f"title_{language}"], words[f"summary_{language}"]]
        fields += [details[name] for name in names if name in details.fields]
        body = words[f"body_{language}"]
        filled = any(field.value() for field in [*fields, body])
        wrong = any(field.errors for field in [*fields, body])
        panels.append({"language": language, "name": NAMES[language], "fields": fields, "body": body,
                       "filled": filled, "open": place == 0 or filled or wrong})  # fmt: skip
    return panels


def _plain(field: forms.BoundField, details: Any, languages: Sequence[str]) -> bool:
    """Whether a question is asked among the details: not per language, not about repeating."""
    asked_per_language = {f"{name}_{language}" for name in details.per_language for language in languages}
    return field.name not in asked_per_language | _REPEATING


def _repeat(content: Content, answers: Answers | None) -> dict[str, Any]:
    form = answers.repeat if answers and answers.repeat else repeating.form_for(content)
    return {"repeat": form, "except_days": [*repeating.except_days(content), *[""] * _SPARE_ROWS]}


def _pictures(community: Community, content: Content, languages: Sequence[str]) -> list[dict[str, Any]]:
    known = {str(image.pk): image for image in community.images.filter(pk__in=[p.image for p in content.pictures])}
    rows = []
    for shown in content.pictures:
        image = known.get(shown.image)
        rows.append({
            "key": shown.image,
            "image": image,
            "source": image_path(image.pk, min(image.widths)) if image else "",
            "alternatives": [(code, NAMES[code], shown.alternatives.get(code, "")) for code in languages],
            "credit": shown.credit,
        })  # fmt: skip
    return rows


def _files(community: Community, content: Content, languages: Sequence[str]) -> list[dict[str, Any]]:
    chosen = [enclosed.attachment for enclosed in content.enclosures]
    known = {str(file.pk): file for file in community.attachments.filter(pk__in=chosen)}
    return [
        {
            "key": enclosed.attachment,
            "file": known.get(enclosed.attachment),
            "titles": [(code, NAMES[code], enclosed.titles.get(code, "")) for code in languages],
        }
        for enclosed in content.enclosures
    ]


def _corrections(item: Item | None, content: Content, languages: Sequence[str]) -> list[tuple[str, str, str]]:
    """What residents are told of a correction, by language; nothing to ask of what is not public. An alert's update
    is a message of its own."""
    if item is None or item.kind == "alert" or item.state != Item.State.RELEASED:
        return []
    return [(code, NAMES[code], content.correction.get(code, "")) for code in languages]


def _address(community: Community, kind: str, item: Item | None) -> str:
    if item is None:
        return reverse("studio:begin", args=[community.slug, kind])
    return reverse("studio:edit", args=[community.slug, item.pk])


def _autosave(community: Community, kind: str, item: Item | None) -> str:
    """Where the script saves by itself; "" for what goes out by itself."""
    if item is None:
        return reverse("studio:begin-autosave", args=[community.slug, kind])
    return "" if item.state == Item.State.SCHEDULED else reverse("studio:autosave", args=[community.slug, item.pk])


def _primary(community: Community, kind: str, item: Item | None) -> str:
    """What the button that makes it public says."""
    if item is not None and item.state == Item.State.RELEASED:
        return _("Check and send the update") if kind == "alert" else _("Release the correction")
    if kind == "alert":
        return _("Check and send")
    if (item is None or not item.published_at) and (guardian := guardian_of(community)):
        return _("Hand in to %(guardian)s") % {"guardian": guardian}
    return release_words(community.platforms.count())


def _standing(item: Item, content: Content) -> dict[str, Any]:
    state = state_of(item)
    saved = item.revisions.select_related("saved_by").get(number=item.edition)
    is_read = (item.community.second_reader and item.kind != "alert") or was_sent_back(item)
    review = review_of(item) if is_read else None
    standing: dict[str, Any] = {"review": review, "state": state, "state_label": STATES[state], "saved": saved}
    if state == "draft":
        standing["failure"] = _failure(item, content, saved)
    if item.published_at is not None:
        standing["openings"] = openings(item.community, f"item:{item.pk}")
        standing |= ledger_of(item)
    if item.is_public:
        language = item.community.languages[0]
        standing["public_path"] = item_path(item.community.slug, item.slug, language)
    if item.has_unreleased_changes and item.released_edition is not None:
        released = Revision.objects.filter(item=item, number=item.released_edition).first()
        if released:
            before = Content.from_json(released.content)
            standing["changes"] = differences(before, content, community=item.community, kind=item.kind)
    return standing


def _failure(item: Item, content: Content, saved: Revision) -> str:
    """Why it was not released when its moment came, if so; said anew, since the trail speaks the worker's language."""
    failures = AuditEntry.objects.filter(object_id=item.pk, verb="fail to release", at__gt=saved.saved_at)
    last = failures.order_by("at").last()
    if last is None:
        return ""
    problems = check(item.community, item.kind, content).problems
    return problems[0].message if problems else str(last.detail.get("reason", ""))

"""The ten-second alert: three answers, real or exercise, then one page that shows what will be sent."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy, ngettext_lazy
from django.utils.translation import gettext as _

from perron.accounts.models import Person
from perron.communities.access import powers, requires
from perron.communities.models import Community
from perron.communities.permissions import RELEASE, WRITE
from perron.core.clock import now
from perron.core.errors import Conflict, NotFound
from perron.core.language import LANGUAGES, NAMES, localised
from perron.core.text import clean_line, clean_text
from perron.publishing import drafting
from perron.publishing.checking import TITLE_LENGTH
from perron.publishing.content import Content
from perron.publishing.kinds.alert.form import USUAL, AlertForm
from perron.publishing.models import AlertDetails, Item
from perron.screens.moments import clock_words, day_words
from perron.studio.asking import edition_of
from perron.studio.items import find
from perron.studio.writing import languages_of, to_local

_INSTRUCTIONS_LENGTH = 500
_HOURS = (1, 3, 6, 12, 24, 72)
_FINER = ("category", "severity", "urgency", "certainty")


class LineField(forms.CharField):
    """One line, cleaned before it is looked at: what is only invisible characters is nothing."""

    def to_python(self, value: object) -> str:
        """Return the cleaned line."""
        return clean_line(super().to_python(value) or "")


class LinesField(forms.CharField):
    """Several lines, cleaned in the same way."""

    def to_python(self, value: object) -> str:
        """Return the cleaned lines."""
        return clean_text(super().to_python(value) or "")


class AlertNowForm(forms.Form):
    """What happened, what to do, how long. `status` comes from the button that was pressed."""

    status = forms.ChoiceField(
        choices=AlertDetails.Status,
        error_messages={
            "required": gettext_lazy("Say whether it is real or an exercise, with one of the two buttons.")
        },
    )
    lasts = forms.ChoiceField(label=gettext_lazy("How long?"), required=False, widget=forms.RadioSelect)
    areas = forms.MultipleChoiceField(label=gettext_lazy("Where?"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, data: Any = None, *, community: Community, before: Content | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.languages = _languages(community, before or Content())
        for place, language in enumerate(self.languages):
            self.fields |= _words_fields(language, asked=place == 0)
        for name in _FINER:
            self.fields[name] = _finer(name)
        _offer(self.fields["lasts"], _lengths(before))
        _offer(self.fields["areas"], [(str(area.pk), localised(area.names, get_language() or LANGUAGES[0]))
                                      for area in community.areas.order_by("slug")])  # fmt: skip

    def content(self, before: Content) -> Content:
        """Return the alert as content, on top of `before`; only after `is_valid()`."""
        answers = self.cleaned_data
        texts = dict(before.to_json()["texts"])
        details = before.details | {name: answers[name] for name in _FINER if answers[name]}
        details["status"] = answers["status"]
        for language in self.languages:
            title = answers[f"title_{language}"]
            if title or language in texts:
                texts[language] = texts.get(language, {}) | {"title": title}
            details[f"instructions_{language}"] = answers[f"instructions_{language}"]
        details.setdefault("effective_at", now().isoformat(timespec="seconds"))
        if answers["lasts"]:
            ends = now() + timedelta(hours=int(answers["lasts"]))
            details["ends_at"] = ends.isoformat(timespec="seconds")
        return Content.from_json(before.to_json() | {"texts": texts, "details": details, "areas": answers["areas"]})


@requires(WRITE)
def alert(request: HttpRequest, community: Community) -> HttpResponse:
    """Ask three things about what is happening now."""
    form = AlertNowForm(request.POST or None, community=community, initial=_usual())
    if request.method != "POST" or not form.is_valid():
        return _form(request, community, form)
    assert isinstance(request.user, Person)
    item = drafting.begin(community, "alert", form.content(Content()), by=request.user.actor)
    return _on(request, item)


@requires(WRITE)
def update(request: HttpRequest, community: Community, item: UUID) -> HttpResponse:
    """Ask the same three things again, of an alert that was sent or is being prepared."""
    found = find(community, item)
    if found.kind != "alert":
        raise NotFound(_("This is not an alert."))
    before = _as_sent(found)
    form = AlertNowForm(request.POST or None, community=community, before=before, initial=_answers(before))
    if request.method != "POST" or not form.is_valid():
        return _form(request, community, form, item=found)
    assert isinstance(request.user, Person)
    try:
        saved = drafting.save(found, form.content(before), by=request.user.actor, expected=edition_of(request))
    except Conflict as conflict:
        found.refresh_from_db()
        return _form(request, community, form, item=found, refusal=conflict.message, status=conflict.status)
    return _on(request, saved)


def _as_sent(item: Item) -> Content:
    """Return the newest text; an alert that was sent keeps the moments with which it went out."""
    newest = drafting.newest(item)
    if item.state != Item.State.RELEASED:
        return newest
    sent = item.alertdetails
    moments = {"effective_at": sent.effective_at.isoformat(), "ends_at": sent.ends_at.isoformat()}
    return replace(newest, details=moments | newest.details)


def _on(request: HttpRequest, item: Item) -> HttpResponse:
    if powers(request.user, item.community)[RELEASE.name]:
        return redirect("studio:release", item.community.slug, item.pk)
    messages.success(request, _("Saved. Ask an editor to check and send it: authors cannot."))
    return redirect("studio:home", item.community.slug)


def _form(request: HttpRequest, community: Community, form: AlertNowForm, *, item: Item | None = None,
          refusal: str = "", status: int = 200) -> HttpResponse:  # fmt: skip
    first, *others = form.languages
    context = {
        "community": community,
        "form": form,
        "item": item,
        "refusal": refusal,
        "asked": [form[f"title_{first}"], form[f"instructions_{first}"]],
        "first": NAMES[first],
        "others": [(code, NAMES[code], form[f"title_{code}"], form[f"instructions_{code}"]) for code in others],
        "finer": [form[name] for name in _FINER],
        "finer_wrong": any(name in form.errors for name in (*_FINER, "areas")),
        "powers": powers(request.user, community),
        "status": drafting.newest(item).details.get("status", AlertDetails.Status.ACTUAL) if item else "",
    }
    return render(request, "studio/alert.html", context, status=422 if form.errors else status)


def _words_fields(language: str, *, asked: bool) -> dict[str, forms.Field]:
    written = {"lang": language, "dir": "auto"}
    return {
        f"title_{language}": LineField(
            label=_("What happened?"), required=asked, max_length=TITLE_LENGTH,
            error_messages={"required": _("Say in a few words what happened.")},
            widget=forms.TextInput(attrs=written)),
        f"instructions_{language}": LinesField(
            label=_("What should people do?"), required=asked, max_length=_INSTRUCTIONS_LENGTH,
            error_messages={"required": _("Say what people should do, or that they need do nothing.")},
            widget=forms.Textarea(attrs=written | {"rows": 3})),
    }  # fmt: skip


def _languages(community: Community, before: Content) -> list[str]:
    """The languages of the community, the one in which this member most likely writes first."""
    languages = languages_of(community, before)
    own = get_language() or ""
    written = [language for language in languages if language in before.texts]
    first = written[0] if written else own if own in languages else languages[0]
    return list(dict.fromkeys([first, *languages]))


def _finer(name: str) -> forms.ChoiceField:
    asked = AlertForm.base_fields[name]
    assert isinstance(asked, forms.ChoiceField)
    return forms.ChoiceField(label=asked.label, choices=asked.choices, initial=asked.initial, required=False)


def _lengths(before: Content | None) -> list[tuple[str, str]]:
    lengths = [(str(hours), _lasting(hours)) for hours in _HOURS]
    moment = to_local(before.details.get("ends_at")) if before else None
    if moment is None:
        return lengths
    words = {"day": day_words(moment.date(), short=True), "time": clock_words(moment)}
    return [("", _("As it is: until %(day)s, %(time)s") % words), *lengths]


def _lasting(hours: int) -> str:
    if hours < 48:
        return str(ngettext_lazy("%(hours)d hour", "%(hours)d hours", "hours") % {"hours": hours})
    return _("%(days)d days") % {"days": hours // 24}


def _offer(field: forms.Field, choices: list[tuple[str, str]]) -> None:
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


def _usual() -> dict[str, Any]:
    return {"lasts": str(USUAL // timedelta(hours=1))}


def _answers(before: Content) -> dict[str, Any]:
    told = {f"title_{language}": words.title for language, words in before.texts.items()}
    lasts = "" if before.details.get("ends_at") else _usual()["lasts"]
    return before.details | told | {"lasts": lasts, "areas": list(before.areas)}

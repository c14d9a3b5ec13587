"""The page on which somebody reads before release: the text, what was said, and what can be said now."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from perron.accounts.models import Person
from perron.communities.access import powers, requires
from perron.communities.models import Community
from perron.communities.permissions import WRITE
from perron.core.errors import Conflict, Refused
from perron.publishing import drafting
from perron.publishing.content import Content
from perron.publishing.models import Item, ReviewStep, Revision
from perron.publishing.presenting import Story, present_draft
from perron.publishing.working import reviewing
from perron.publishing.working.reviewing import LONGEST
from perron.studio.asking import edition_of
from perron.studio.comparing import Difference, differences
from perron.studio.items import find

STATES: dict[str, Promise] = {
    "": gettext_lazy("Nobody was asked to read it yet"),
    "waits": gettext_lazy("Waiting to be read"),
    "accepted": gettext_lazy("Read and accepted"),
    "outdated": gettext_lazy("Changed since it was accepted"),
    "sent back": gettext_lazy("Sent back"),
}

DONE: dict[ReviewStep.What, Promise] = {
    ReviewStep.What.ASKED: gettext_lazy("asks for a reading of version %(edition)d"),
    ReviewStep.What.ASSIGNED: gettext_lazy("is asked to read version %(edition)d"),
    ReviewStep.What.COMMENTED: gettext_lazy("says of version %(edition)d"),
    ReviewStep.What.ACCEPTED: gettext_lazy("accepts version %(edition)d"),
    ReviewStep.What.SENT_BACK: gettext_lazy("sends version %(edition)d back"),
}


class AskForm(forms.Form):
    """Who should read it, and what to say along with it."""

    reader = forms.ModelChoiceField(
        queryset=Person.objects.none(), label=gettext_lazy("Who should read it?"), empty_label=None,
        error_messages={"required": gettext_lazy("Choose somebody to read it.")})  # fmt: skip
    asked_words = forms.CharField(
        label=gettext_lazy("A word along with it"), required=False, max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}))  # fmt: skip


class AnswerForm(forms.Form):
    """What the reader says; required by the rule where something is sent back."""

    words = forms.CharField(
        label=gettext_lazy("What do you say to it?"), required=False, max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}))  # fmt: skip


@requires(WRITE)
def review(request: HttpRequest, community: Community, item: UUID) -> HttpResponse:
    """Show the text with what was said; a post asks, comments, accepts or sends back."""
    found = find(community, item)
    assert isinstance(request.user, Person)
    if request.method != "POST":
        return _page(request, found)
    by, action, words = request.user.actor, request.POST.get("action", ""), request.POST.get("words", "")
    expected = edition_of(request)
    try:
        if action == "ask":
            ask = _ask_form(request, found)
            if not ask.is_valid():
                return _page(request, found, ask=ask, status=422)
            reader = ask.cleaned_data["reader"]
            reviewing.ask(found, reader, by=by, expected=expected, words=ask.cleaned_data["asked_words"])
            said = _("%(who)s is asked by e-mail to read it.") % {"who": reader}
        elif action == "accept":
            reviewing.accept(found, by=by, expected=expected, words=words)
            said = _("You accepted it. It can be released now.")
        elif action == "back":
            reviewing.send_back(found, words, by=by, expected=expected)
            said = _("You sent it back.")
        else:
            reviewing.comment(found, words, by=by)
            said = _("Your words are kept.")
    except (Conflict, Refused) as refused:
        found.refresh_from_db()
        return _page(request, found, refusal=refused.message, status=refused.status)
    messages.success(request, said)
    return redirect("studio:review", community.slug, found.pk)


def _page(request: HttpRequest, item: Item, *, ask: AskForm | None = None, refusal: str = "",
          status: int = 200) -> HttpResponse:  # fmt: skip
    standing = reviewing.review_of(item)
    saved = Revision.objects.select_related("saved_by").get(item=item, number=item.edition)
    data = request.POST if request.method == "POST" else None
    context = {
        "community": item.community,
        "powers": powers(request.user, item.community),
        "item": item,
        "saved": saved,
        "review": standing,
        "state_words": STATES[standing.state],
        "steps": [(step, str(DONE[ReviewStep.What(step.what)]) % {"edition": step.edition}) for step in standing.steps],
        "stories": _stories(item),
        "changes": _changes(item),
        "form": ask or _ask_form(request, item),
        "answer": AnswerForm(initial={"words": data.get("words", "")} if data else None),
        "is_writer": saved.saved_by == request.user,
        "refusal": refusal,
    }
    return render(request, "studio/review.html", context, status=status)


def _ask_form(request: HttpRequest, item: Item) -> AskForm:
    assert isinstance(request.user, Person)
    data = request.POST if request.method == "POST" and request.POST.get("action") == "ask" else None
    form = AskForm(data)
    field = form.fields["reader"]
    assert isinstance(field, forms.ModelChoiceField)
    found = reviewing.readers(item.community, but=request.user.pk)
    field.queryset = Person.objects.filter(pk__in=[person.pk for person in found]).order_by("name", "email")
    return form


def _stories(item: Item) -> list[Story]:
    content = drafting.newest(item)
    found = (present_draft(item, content, language) for language, words in content.texts.items() if words.title)
    return [story for story in found if story]


def _changes(item: Item) -> list[Difference]:
    """What the newest text has changed since somebody accepted one, or since the public text."""
    accepted = item.review_steps.filter(what=ReviewStep.What.ACCEPTED).order_by("-at").first()
    number = accepted.edition if accepted else item.released_edition
    before = Revision.objects.filter(item=item, number=number).first() if number and number != item.edition else None
    if before is None:
        return []
    return differences(
        Content.from_json(before.content), drafting.newest(item), community=item.community, kind=item.kind
    )

"""The contact inbox: who wrote, who waits for an answer, and what was said."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from perron.accounts.models import Person
from perron.communities.access import part_of, requires
from perron.communities.looking import looked, shows
from perron.communities.permissions import ANSWER_CONTACT
from perron.desk.asking import DeskForm, actor
from perron.outreach.contact import answering, finding
from perron.outreach.contact.finding import Wanted
from perron.outreach.models import Conversation, Message
from perron.outreach.newsletter import leaving as news
from perron.privacy.declaring import Activity
from perron.privacy.looks import What
from perron.privacy.objections import has_objected
from perron.privacy.policy.current import policy

_A_PAGE = 50
_State = Conversation.State


class TextForm(DeskForm):
    """What to say, and to whom: the person, colleagues, or what the person said elsewhere."""

    text = forms.CharField(
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
        error_messages={
            "required": gettext_lazy("Write something first."),
            "max_length": gettext_lazy("Write at most 10,000 characters."),
        },
    )
    # How many messages were there when the page was opened.
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


# What can be written: its label, its button, and what is said when it is done.
_WRITING = {
    "answer": (gettext_lazy("Your answer"), gettext_lazy("The answer leaves by mail.")),
    "received": (gettext_lazy("What they wrote or said"), gettext_lazy("Added. They wait for an answer.")),
    "note": (gettext_lazy("Note for colleagues"), gettext_lazy("The note is kept. The person does not get it.")),
}


@part_of(Activity.CONTACT)
@requires(ANSWER_CONTACT)
@shows(What.CONVERSATION)
def inbox(request: HttpRequest) -> HttpResponse:
    """List the conversations: those that wait for an answer first."""
    wanted = _wanted(request.GET, request.user)
    page = Paginator(finding.find(wanted), _A_PAGE).get_page(request.GET.get("page"))
    looked(request, [row.subject for row in page])
    further = request.GET.copy()
    further.pop("page", None)
    context = {
        "page": page,
        "wanted": wanted,
        "whose": request.GET.get("whose", ""),
        "states": _State.choices,
        "further": further.urlencode(),
        "waiting": finding.count_waiting(),
        "restricted": finding.count_restricted(),
        "promotes": policy().does(Activity.PROMOTION),
        "anything": bool(page.object_list) or Conversation.objects.exists(),
    }
    return render(request, "desk/inbox.html", context)


@part_of(Activity.CONTACT)
@requires(ANSWER_CONTACT)
@shows(What.CONVERSATION)
def conversation(request: HttpRequest, conversation: UUID) -> HttpResponse:
    """Show what was said, and take what the staff add or decide."""
    found = get_object_or_404(Conversation.objects.select_related("assigned_to", "platform"), pk=conversation)
    looked(request, [found.subject])
    forms_of = {name: _form(name) for name in _WRITING}
    asked = request.POST.get("deed", "")
    if request.method == "POST" and asked in _WRITING:
        form = forms_of[asked] = _form(asked, request.POST)
        if form.done(lambda: _write(asked, found, form.cleaned_data, request)):
            messages.success(request, str(_WRITING[asked][1]))
            return redirect(request.path)
    elif request.method == "POST":
        _decide(asked, found, request)
        return redirect(request.path)
    bound = next((form for form in forms_of.values() if form.is_bound), None)
    return render(request, "desk/conversation.html", _context(found, forms_of, bound), status=422 if bound else 200)


def _context(found: Conversation, forms_of: dict[str, TextForm], bound: TextForm | None) -> dict[str, Any]:
    said = list(found.messages.select_related("by"))
    for form in forms_of.values():
        form.fields["seen"].initial = len(said)
    return {
        "conversation": found,
        "messages_said": said,
        "others": finding.others_with(found)[:20],
        "staff": finding.staff(),
        "answer": forms_of["answer"],
        "received": forms_of["received"],
        "note": forms_of["note"],
        # For the summary of what is to change.
        "form": bound,
        "kinds": Message.Kind,
        "promotes": policy().does(Activity.PROMOTION),
        "news_stopped": has_objected(found.email, Activity.PROMOTION),
    }


def _form(name: str, data: QueryDict | None = None) -> TextForm:
    form = TextForm(data, auto_id=f"{name}_%s")
    form.fields["text"].label = _WRITING[name][0]
    if name == "answer":
        form.fields["text"].widget.attrs["rows"] = 10
    return form


def _write(deed: str, found: Conversation, said: dict[str, Any], request: HttpRequest) -> None:
    by = actor(request)
    match deed:
        case "answer":
            answering.answer(found, said["text"], by=by, expected=said["seen"])
        case "received":
            answering.add_received(found, said["text"], by=by)
        case _:
            answering.note(found, said["text"], by=by)


def _decide(deed: str, found: Conversation, request: HttpRequest) -> None:
    by = actor(request)
    match deed:
        case "assign":
            person = _chosen(request.POST.get("person", ""))
            answering.assign(found, person, by=by)
            sentence = _("%(person)s takes care of it.") % {"person": person} if person else _("It is nobody's now.")
        case "close":
            answering.close(found, by=by)
            sentence = _("The conversation is closed.")
        case "stop_news":
            news.stop_for(found.email, language=found.language, by=by)
            answering.note(found, _("The news to this address was stopped."), by=by)
            sentence = _("The news to this address is stopped. A letter says so to its owner.")
        case "reopen":
            answering.reopen(found, by=by)
            sentence = _("The conversation is open again.")
        case _:
            raise Http404
    messages.success(request, sentence)


def _chosen(identifier: str) -> Person | None:
    return get_object_or_404(finding.staff(), pk=identifier) if identifier else None


def _wanted(asked: QueryDict, person: object) -> Wanted:
    whose: UUID | str = ""
    if asked.get("whose") == "mine" and isinstance(person, Person):
        whose = person.pk
    elif asked.get("whose") == "nobody":
        whose = "nobody"
    state = asked.get("state", _State.OPEN)
    return Wanted(state if state in _State.values else "", whose, asked.get("q", "")[:100])

"""The operator's newsletter at the desk: what was sent and what is being written, to whom, and how it stands."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.csp import CSP
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override

from perron.communities.access import holds, part_of, requires
from perron.communities.permissions import SEND_NEWS, WRITE_NEWS
from perron.core.errors import Conflict, NotFound
from perron.core.language import LANGUAGES, NAMES
from perron.desk.asking import DeskForm, actor
from perron.desk.breaches import MomentField
from perron.outreach.models import Campaign
from perron.outreach.newsletter import audience, checking, sending, writing
from perron.outreach.newsletter.rendering import own_pages
from perron.outreach.newsletter.rendering import render as rendered
from perron.outreach.newsletter.writing import Written
from perron.privacy.declaring import Activity
from perron.privacy.policy.current import policy
from perron.privacy.policy.rendering import words_for
from perron.privacy.policy.values import Basis

_PART = part_of(Activity.PROMOTION)
_MOST = 100
_State = Campaign.State
_FRAMED: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.UNSAFE_INLINE],
    "frame-ancestors": [CSP.SELF],
    "sandbox": [""],
}
# What a reader's device asks for, and what of it a preview in one look shows always, or never.
_DARK, _LOOKS = "(prefers-color-scheme: dark)", {"light": "not all", "dark": "all"}


class CampaignForm(DeskForm):
    """To whom, and in each language a subject line and a text."""

    basis = forms.ChoiceField(
        label=gettext_lazy("To whom"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose to whom it goes.")},
    )

    def __init__(self, data: Any = None, *, campaign: Campaign | None = None) -> None:
        super().__init__(data)
        self.fields["basis"].choices = [(each.id, name_of(each)) for each in audience.bases()]  # type: ignore[attr-defined]
        self.initial["basis"] = campaign.basis if campaign else ""
        for language in LANGUAGES:
            said = {"language": NAMES[language]}
            attributes = {"lang": language, "dir": "auto"}
            self.fields[f"heading_{language}"] = forms.CharField(
                label=_("Subject line (%(language)s)") % said,
                required=False,
                max_length=writing.LONGEST_HEADING,
                widget=forms.TextInput(attrs=attributes),
            )
            self.fields[f"text_{language}"] = forms.CharField(
                label=_("Text (%(language)s)") % said,
                required=False,
                max_length=writing.LONGEST_TEXT,
                widget=forms.Textarea(attrs=attributes | {"rows": 10}),
            )
            self.initial[f"heading_{language}"] = campaign.headings.get(language, "") if campaign else ""
            self.initial[f"text_{language}"] = campaign.texts.get(language, "") if campaign else ""
        # Which edition was opened.
        self.fields["seen"] = forms.IntegerField(required=False, widget=forms.HiddenInput)
        self.initial["seen"] = campaign.edition if campaign else 0

    def written(self) -> Written:
        """Return what was written."""
        said = self.cleaned_data
        return Written(
            said["basis"],
            {language: said[f"heading_{language}"] for language in LANGUAGES},
            {language: said[f"text_{language}"] for language in LANGUAGES},
        )


class SendForm(DeskForm):
    """When; and what the one who sends saw."""

    at = MomentField(
        label=gettext_lazy("Send it on"),
        required=False,
        help_text=gettext_lazy("By the clock of Brussels. Leave it empty to send it now."),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)
    number = forms.IntegerField(widget=forms.HiddenInput)


def names_of(basis: Basis) -> tuple[str, str]:
    """Return what an audience is called here, and what the policy tells its people."""
    words = words_for(policy(), get_language() or LANGUAGES[0]).activity(Activity.PROMOTION)
    return _("By consent") if audience.by_consent(basis) else _("By legitimate interest"), words.bases[basis.id]


def name_of(basis: Basis) -> str:
    """Return both in one."""
    return "{}. {}".format(*names_of(basis))


@_PART
@requires(WRITE_NEWS)
def index(request: HttpRequest) -> HttpResponse:
    """List the messages, and to whom they can go."""
    rows = list(Campaign.objects.all()[:_MOST])
    context = {
        "rows": [(row, sending.progress(row) if row.send_at else None) for row in rows],
        "audiences": [names_of(each) for each in audience.bases()],
    }
    return render(request, "desk/campaigns.html", context)


@_PART
@requires(WRITE_NEWS)
def new(request: HttpRequest) -> HttpResponse:
    """Begin one."""
    form = CampaignForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and (made := form.do(lambda: writing.begin(form.written(), by=actor(request)))):
        messages.success(request, _("Saved as a draft. Nobody has got it."))
        return redirect("desk:campaign", made.pk)
    return render(request, "desk/campaign_edit.html", {"form": form}, status=422 if form.is_bound else 200)


@_PART
@requires(WRITE_NEWS)
def edit(request: HttpRequest, campaign: UUID) -> HttpResponse:
    """Change a draft."""
    found = get_object_or_404(Campaign, pk=campaign)
    form = CampaignForm(request.POST if request.method == "POST" else None, campaign=found)
    if form.done(lambda: writing.save(found, form.written(), expected=form.cleaned_data["seen"], by=actor(request))):
        messages.success(request, _("Saved as a draft. Nobody has got it."))
        return redirect("desk:campaign", found.pk)
    context = {"form": form, "campaign": found}
    return render(request, "desk/campaign_edit.html", context, status=422 if form.is_bound else 200)


@_PART
@requires(WRITE_NEWS)
def one(request: HttpRequest, campaign: UUID) -> HttpResponse:
    """Show a message: as its readers get it, what was seen in it, how far it is; try it, stop it, throw it away."""
    found = get_object_or_404(Campaign, pk=campaign)
    refusal = ""
    if request.method == "POST":
        try:
            return _act(request, found)
        except Conflict as conflict:
            # While somebody read the page, it went on.
            refusal = conflict.message
            found.refresh_from_db()
    language = request.GET.get("language", "")
    language = language if language in LANGUAGES else next(iter(found.languages), LANGUAGES[0])
    basis = next((each for each in audience.bases() if each.id == found.basis), None)
    context = {
        "campaign": found,
        "audience": name_of(basis) if basis else "",
        "language": language,
        "languages": list(NAMES.items()),
        "mail": rendered(found, basis, language, own_place=own_pages(language)) if basis and found.languages else None,
        "findings": checking.find(found),
        "progress": sending.progress(found) if found.send_at else None,
        "may_send": holds(request.user, SEND_NEWS),
        "refusal": refusal,
    }
    return render(request, "desk/campaign.html", context, status=Conflict.status if refusal else 200)


@xframe_options_sameorigin
@csp_override(_FRAMED)
@_PART
@requires(WRITE_NEWS)
def page(request: HttpRequest, campaign: UUID, language: str, look: str) -> HttpResponse:  # noqa: ARG001 a view
    """Answer the mail's page as it looks on a light or a dark device, for a frame in which nothing runs."""
    found = get_object_or_404(Campaign, pk=campaign)
    if language not in LANGUAGES or look not in _LOOKS or not found.languages:
        raise NotFound(_("There is nothing at this address."))
    basis = audience.basis_named(found.basis)
    html = rendered(found, basis, language, own_place=own_pages(language)).html
    return HttpResponse(html.replace(_DARK, _LOOKS[look]).replace("color-scheme: light dark", f"color-scheme: {look}"))


@_PART
@requires(SEND_NEWS)
def send(request: HttpRequest, campaign: UUID) -> HttpResponse:
    """Ask once more, with the number of those who get it; then send it, or schedule it."""
    found = get_object_or_404(Campaign, pk=campaign)
    if found.state != _State.DRAFT:
        return redirect("desk:campaign", found.pk)
    basis = audience.basis_named(found.basis)
    form = SendForm(request.POST if request.method == "POST" else None)
    if form.done(lambda: _send(found, form, request)):
        messages.success(request, _("It is on its way.") if not form.cleaned_data["at"] else _("It is scheduled."))
        return redirect("desk:campaign", found.pk)
    # Asked anew, also where another number was confirmed than it reaches by now.
    number = audience.count(basis)
    shown = SendForm(initial={"seen": found.edition, "number": number})
    context = {
        "form": form,
        "shown": shown,
        "campaign": found,
        "audience": name_of(basis),
        "number": number,
        "findings": checking.find(found),
    }
    return render(request, "desk/campaign_send.html", context, status=422 if form.is_bound else 200)


def _send(found: Campaign, form: SendForm, request: HttpRequest) -> Campaign:
    said = form.cleaned_data
    return sending.send(found, expected=said["seen"], number=said["number"], at=said["at"], by=actor(request))


def _act(request: HttpRequest, found: Campaign) -> HttpResponse:
    by = actor(request)
    match request.POST.get("deed", ""):
        case "test":
            language = request.POST.get("language", "")
            letter = writing.send_test(found, language, by=by)
            messages.success(request, _("A test is on its way to %(email)s.") % {"email": letter.to})
            return redirect(f"{reverse('desk:campaign', args=[found.pk])}?{urlencode({'language': language})}")
        case "stop":
            stopped = sending.stop(found, by=by)
            is_draft = stopped.state == _State.DRAFT
            said = _("It is a draft again. Nobody gets it.") if is_draft else _("Stopped. What had not left stays.")
            messages.success(request, said)
        case "discard":
            writing.discard(found, by=by)
            messages.success(request, _("The draft is thrown away."))
            return redirect("desk:campaigns")
        case _:
            raise NotFound(_("There is nothing of this name to do."))
    return redirect("desk:campaign", found.pk)

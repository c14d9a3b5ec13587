"""The operator's newsletter (activity E): asking for it on the operator's own site, confirming, and ending it.

Asking and confirming need no cookie; ending it needs the key in the foot of every message, and no sign-in.
"""

from collections.abc import Mapping
from contextlib import suppress

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt

from perron.communities import versions
from perron.communities.access import anyone, part_of
from perron.communities.hosting import address_of, platform_of
from perron.communities.models import Platform
from perron.core.errors import Gone, NotFound, Refused
from perron.core.mail_addresses import mail_address, masked
from perron.outreach.newsletter import joining, leaving
from perron.privacy.declaring import Activity
from perron.privacy.policy.current import policy
from perron.reader import framing
from perron.reader.public import at_the_edge, public
from perron.reader.trapping import TrappingForm
from perron.reader.website.truth import next_change
from perron.screens.limits import SENDING, limited
from perron.screens.own_posts import own_posts

_PART = part_of(Activity.PROMOTION)


class NewsletterForm(TrappingForm):
    """Where to write, and that one is old enough to agree alone."""

    email = forms.CharField(
        label=gettext_lazy("Your e-mail address"),
        help_text=gettext_lazy("You get one letter first, to confirm that it is yours."),
        required=False,
        widget=forms.EmailInput(attrs={"class": "input", "autocomplete": "email", "maxlength": 254}),
    )
    of_age = forms.BooleanField(required=False)

    def __init__(self, data: Mapping[str, str] | None = None) -> None:
        super().__init__(data)
        self.years = policy().age_of_consent
        self.fields["of_age"].label = _("I am %(years)d or older") % {"years": self.years}

    def clean_email(self) -> str:
        """Refuse what is no address."""
        try:
            return mail_address(self.cleaned_data["email"])
        except Refused as refusal:
            raise forms.ValidationError(refusal.message) from refusal

    def clean_of_age(self) -> bool:
        """Refuse who does not say to be old enough (GDPR art. 8)."""
        if not self.cleaned_data["of_age"]:
            said = {"years": self.years}
            raise forms.ValidationError(
                _("One agrees alone from the age of %(years)d. Say that you are that old.") % said
            )
        return True


@own_posts
@_PART
@anyone
@limited(SENDING)
def newsletter(request: HttpRequest, language: str) -> HttpResponse:
    """Show the form; take an address, and lead to the page that says what happens now, the same for everybody."""
    platform = _front(request)
    form = NewsletterForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        page = f"{address_of(platform)}/{language}/newsletter/confirm/"
        joining.ask(form.cleaned_data["email"], language=language, age=form.years, page=page)
        return redirect("reader:newsletter-sent", language)
    wording, spoken = joining.wording(language)
    context = {"form": form, "operator": policy().operator, "wording": wording, "spoken": spoken}
    response = framing.page(
        request, "reader/website/newsletter.html", platform=platform, fictional=False, context=context
    )
    response["Cache-Control"] = "no-store" if form.is_bound else "no-cache"
    response.status_code = 422 if form.is_bound else 200
    return response


@_PART
@at_the_edge()
def sent(request: HttpRequest, language: str) -> HttpResponse:  # noqa: ARG001 the middleware reads it
    """Say that a letter is on its way; the same for everybody."""
    platform = _front(request)
    response = framing.page(
        request,
        "reader/website/newsletter_sent.html",
        platform=platform,
        fictional=False,
        context={"operator": policy().operator},
        indexed=False,
    )
    return public(response, on=[versions.of_platform(platform)], until=next_change())


@own_posts
@_PART
@anyone
def confirm(request: HttpRequest, language: str) -> HttpResponse:
    """Show what a link asks for; the button does it. Programs that look at mail open links, and press no buttons."""
    token = request.POST.get("token") or request.GET.get("token", "")
    if request.method == "POST":
        reader = joining.confirm(token)
        return framing.private(redirect("reader:newsletter-own", language, leaving.key_of(reader.pk)))
    wish = joining.look(token)
    wording, spoken = joining.wording(wish.language)
    context = {"address": wish.email, "token": token, "wording": wording, "spoken": spoken}
    return framing.private(_page(request, "newsletter_confirm", context))


@own_posts
@_PART
@anyone
def own(request: HttpRequest, language: str, key: str) -> HttpResponse:  # noqa: ARG001 the middleware reads it
    """Show whether one gets the news, and end it. A GET shows, a POST acts: scanners of mail end nothing."""
    try:
        reader = leaving.opened(key)
    except Gone:
        if request.method != "POST":
            raise
        # Pressed twice, or after the mail program had: it is as they want it.
        return _stopped(request)
    if request.method == "POST":
        leaving.stop(reader)
        return _stopped(request)
    context = {
        "address": masked(reader.email),
        "gets_none": leaving.gets_none(reader),
        "can_ask": joining.takes_readers(),
    }
    return framing.private(_page(request, "newsletter_own", context))


@csrf_exempt
@_PART
@anyone
def stop(request: HttpRequest, language: str, key: str) -> HttpResponse:
    """End it by one POST, which mail programs send without a cookie (RFC 8058); a GET leads to one's own page."""
    if request.method != "POST":
        return framing.private(redirect("reader:newsletter-own", language, key))
    with suppress(Gone):
        leaving.stop(leaving.opened(key))
    return _stopped(request)


def _front(request: HttpRequest) -> Platform:
    """Return the operator's own site. Raises `NotFound` on a partner's app, which speaks for its partner."""
    platform = platform_of(request)
    if not platform.is_front or not joining.takes_readers():
        raise NotFound(_("There is nothing at this address."))
    return platform


def _stopped(request: HttpRequest) -> HttpResponse:
    return framing.private(_page(request, "newsletter_stopped", {}))


def _page(request: HttpRequest, name: str, context: Mapping[str, object]) -> HttpResponse:
    platform = platform_of(request)
    said = {"operator": policy().operator, **context}
    template = f"reader/website/{name}.html"
    return framing.page(request, template, platform=platform, fictional=False, context=said, indexed=False)

"""The contact tab (activity B): a form that needs no cookie, and the page that says that it arrived."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy

from perron.communities import versions
from perron.communities.access import anyone, part_of
from perron.communities.hosting import platform_of
from perron.communities.writing import Unfit
from perron.core.errors import Refused
from perron.outreach.contact.receiving import LONGEST, LONGEST_OF, Written, receive
from perron.privacy.declaring import Activity
from perron.privacy.policy.current import policy
from perron.reader import framing
from perron.reader.public import at_the_edge, public
from perron.reader.trapping import TrappingForm
from perron.reader.website.truth import next_change
from perron.screens.limits import SENDING, limited
from perron.screens.own_posts import own_posts


def _line(column: str, label: Any, *, required: bool = True, **attributes: str) -> forms.CharField:
    """Return a field of one line; what is missing or too long, the rule says."""
    widget = forms.TextInput(attrs={"class": "input", "dir": "auto", "maxlength": LONGEST_OF[column], **attributes})
    field = forms.CharField(label=label, required=False, widget=widget)
    field.widget.is_required = required
    return field


class ContactForm(TrappingForm):
    """What somebody writes to the operator."""

    first_name = _line("first_name", gettext_lazy("First name"), autocomplete="given-name")
    name = _line("name", gettext_lazy("Name"), autocomplete="family-name")
    email = forms.CharField(
        label=gettext_lazy("E-mail address"),
        help_text=gettext_lazy("We answer to this address."),
        required=False,
        widget=forms.EmailInput(attrs={"class": "input", "autocomplete": "email", "maxlength": 254}),
    )
    telephone = _line(
        "telephone", gettext_lazy("Telephone (optional)"), required=False, autocomplete="tel", inputmode="tel"
    )
    function = _line("function", gettext_lazy("Function (optional)"), required=False, autocomplete="organization-title")
    heading = _line("heading", gettext_lazy("What it is about"))
    text = forms.CharField(
        label=gettext_lazy("Your message"),
        required=False,
        widget=forms.Textarea(attrs={"class": "input", "rows": 8, "maxlength": LONGEST, "dir": "auto"}),
    )

    def written(self) -> Written:
        """Return what was filled in."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "website"}
        return Written(**said)


@own_posts
@part_of(Activity.CONTACT)
@anyone
@limited(SENDING)
def contact(request: HttpRequest, language: str) -> HttpResponse:
    """Show the form; take what was written, and lead to the page that says so."""
    form = ContactForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and _received(form, request, language):
        return redirect("reader:contact-sent", language)
    context = {"form": form, "operator": policy().operator}
    platform = platform_of(request)
    response = framing.page(request, "reader/website/contact.html", platform=platform, fictional=False, context=context)
    response["Cache-Control"] = "no-store" if form.is_bound else "no-cache"
    response.status_code = 422 if form.is_bound else 200
    return response


@part_of(Activity.CONTACT)
@at_the_edge()
def sent(request: HttpRequest, language: str) -> HttpResponse:  # noqa: ARG001 the middleware reads it
    """Say that the message arrived, and what happens now."""
    platform = platform_of(request)
    context = {"operator": policy().operator}
    response = framing.page(
        request, "reader/website/contact_sent.html", platform=platform, fictional=False, context=context, indexed=False
    )
    return public(response, on=[versions.of_platform(platform)], until=next_change())


def _received(form: ContactForm, request: HttpRequest, language: str) -> bool:
    """Hand the message on; False if it was refused, the sentences being the form's errors then."""
    try:
        receive(form.written(), language=language, platform=platform_of(request))
    except Unfit as refusal:
        for column, sentences in refusal.fields.items():
            for sentence in sentences:
                form.add_error(column if column in form.fields else None, sentence)
    except Refused as refusal:
        form.add_error(None, refusal.message)
    return not form.errors

"""Somebody wrote, by mail to the operator's address, that they want no more news: one form, and it is acknowledged."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from perron.communities.access import part_of, requires
from perron.communities.permissions import ANSWER_CONTACT
from perron.core.language import NAMES
from perron.desk.asking import DeskForm, actor
from perron.outreach.newsletter.leaving import stop_for
from perron.privacy.declaring import Activity
from perron.privacy.policy.current import policy


class StopForm(DeskForm):
    """Whose address it is, and in which language they wrote."""

    email = forms.CharField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("The address that gets the news; whoever wrote from another one says which it is."),
        error_messages={"required": gettext_lazy("Write the e-mail address.")},
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the letter that confirms it"), choices=list(NAMES.items())
    )


@part_of(Activity.PROMOTION)
@requires(ANSWER_CONTACT)
def stopped(request: HttpRequest) -> HttpResponse:
    """Show the form; stop the news to the address, whether anything is known of it or not."""
    form = StopForm(request.POST if request.method == "POST" else None)
    if form.done(lambda: stop_for(**form.cleaned_data, by=actor(request))):
        messages.success(request, _("The news to this address is stopped. A letter says so to its owner."))
        return redirect("desk:inbox")
    context = {"form": form, "operator": policy().operator}
    return render(request, "desk/stopping_news.html", context, status=422 if form.is_bound else 200)

"""Whom to turn to at a partner, and its data-protection officer (GDPR art. 37)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from perron.communities.access import holds, part_of, requires
from perron.communities.contracting.contacts import add_contact, remove_contact
from perron.communities.contracting.tables import Contact
from perron.communities.looking import looked, shows
from perron.communities.models import Partner
from perron.communities.permissions import ENTER_DESK, KEEP_CONTACTS
from perron.core.errors import NotFound
from perron.desk.asking import DeskForm, actor
from perron.privacy.declaring import Activity
from perron.privacy.looks import What
from perron.privacy.policy.current import policy
from perron.privacy.subjects import Subject


class ContactForm(DeskForm):
    """Who it is, and how to reach them."""

    kind = forms.ChoiceField(label=gettext_lazy("For what"), choices=Contact.Kind.choices, widget=forms.RadioSelect,
                             initial=Contact.Kind.CONTRACT)  # fmt: skip
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        error_messages={"required": gettext_lazy("Write the name.")},
    )
    function = forms.CharField(
        label=gettext_lazy("Function"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text=gettext_lazy("What the person does there. May stay empty."),
    )
    email = forms.CharField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(),
        error_messages={"required": gettext_lazy("Write the e-mail address.")},
    )
    phone = forms.CharField(
        label=gettext_lazy("Telephone"), max_length=30, required=False, widget=forms.TextInput(attrs={"type": "tel"}),
        help_text=gettext_lazy("May stay empty."),
    )  # fmt: skip
    refuses_promotion = forms.BooleanField(required=False)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        if policy().does(Activity.PROMOTION):
            said = {"operator": policy().operator.name}
            self.fields["refuses_promotion"].label = _("Wants no news about what %(operator)s offers") % said
        else:
            del self.fields["refuses_promotion"]


@part_of(Activity.CONTRACTS)
@requires(KEEP_CONTACTS)
@shows(What.CONTACT)
def contacts(request: HttpRequest, partner: Partner) -> HttpResponse:
    """List the contacts; add one, remove one."""
    shown = list(partner.contacts.all())
    looked(request, [Subject("address", each.subject_id) for each in shown], of=partner, operators_too=True)
    if request.POST.get("remove"):
        chosen = {str(each.pk): each for each in shown}.get(request.POST["remove"])
        if chosen is None:
            raise NotFound(_("This contact is gone already."))
        remove_contact(chosen, by=actor(request))
        messages.success(request, _("Removed."))
        return redirect(request.path)
    form = ContactForm(request.POST if request.method == "POST" else None)
    if form.done(lambda: add_contact(partner, by=actor(request), **form.cleaned_data)):
        messages.success(request, _("Noted."))
        return redirect(request.path)
    context = {
        "form": form,
        "partner": partner,
        "contacts": shown,
        "at_desk": holds(request.user, ENTER_DESK),
    }
    return render(request, "desk/contacts.html", context, status=422 if form.is_bound else 200)

"""Restrictions (GDPR art. 18): whose data are set aside, since when and on which ground, and how that ends."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from perron.accounts.models import Person
from perron.communities.access import powers, requires
from perron.communities.looking import looked, shows
from perron.communities.permissions import READ_REQUESTS
from perron.core.language import LANGUAGES, NAMES
from perron.desk.asking import DeskForm, actor
from perron.privacy import restrictions
from perron.privacy.looks import What
from perron.privacy.models import Proof, Request, Restriction
from perron.privacy.subjects import of_row


class EndForm(DeskForm):
    """To whom the notice goes, and why the restriction ends."""

    to = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        error_messages={"required": gettext_lazy("Write the address that the notice goes to.")},
    )
    language = forms.ChoiceField(label=gettext_lazy("Language of the letter"), choices=list(NAMES.items()))
    reason = forms.CharField(
        label=gettext_lazy("Why the restriction ends"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("The person reads these words."),
        error_messages={"required": gettext_lazy("Write why the restriction ends.")},
    )


@requires(READ_REQUESTS)
@shows(What.RESTRICTION)
def index(request: HttpRequest) -> HttpResponse:
    """List the restrictions in force, the oldest first."""
    rows = list(restrictions.all_in_force())
    looked(request, map(of_row, rows))
    return render(request, "desk/restrictions.html", {"restrictions": [(row, _whose(row)) for row in rows]})


@requires(READ_REQUESTS)
@shows(What.RESTRICTION)
def one(request: HttpRequest, restriction: UUID) -> HttpResponse:
    """Show a restriction, and announce its end."""
    found = get_object_or_404(Restriction, pk=restriction)
    looked(request, [of_row(found)])
    whose = _whose(found)
    form = EndForm(request.POST if request.method == "POST" else None, initial=whose)
    if form.done(lambda: restrictions.announce_lift(found, **_said(form), by=actor(request))):
        messages.success(request, _("The notice goes out; the restriction ends by itself on the day that it names."))
        return redirect("desk:restriction", found.pk)
    context = {"found": found, "whose": whose, "form": form, "notice_days": restrictions.NOTICE.days,
               "powers": powers(request.user)}  # fmt: skip
    return render(request, "desk/restriction.html", context, status=422 if form.is_bound else 200)


def _said(form: EndForm) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in ("to", "language", "reason")}


def _whose(row: Restriction) -> dict[str, str]:
    """Return what is known of the person: `name`, and `to` and `language` for a letter."""
    person = Person.objects.filter(pk=row.subject_id).first() if row.subject_kind == "person" else None
    if person:
        return {"name": person.name, "to": person.email, "language": person.language}
    if row.request_id and (asked := Request.objects.filter(pk=row.request_id).first()):
        return {"name": f"{asked.first_name} {asked.name}".strip(), "to": asked.email, "language": asked.language}
    # The proof of a closed request keeps no address.
    proof = Proof.objects.filter(pk=row.request_id).first() if row.request_id else None
    name = f"{proof.first_name} {proof.name}".strip() if proof else ""
    return {"name": name, "to": "", "language": LANGUAGES[0]}

"""Members: of the operator, of a partner, of a community. A community's own administrators manage theirs here too."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from perron.communities.access import Role, is_operator, member, operator
from perron.communities.membership import Scope, admit, change_role, end, members_of
from perron.communities.models import Community, Partner
from perron.core.errors import NotFound
from perron.desk.asking import DeskForm, actor


class MemberForm(DeskForm):
    """Whom to admit, and as what."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": gettext_lazy("Write the address of the person."),
            "invalid": gettext_lazy("Write the address in full, for example anne@commune.be."),
        },
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("For somebody who has no account yet."),
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        choices=Role.choices,
        widget=forms.RadioSelect,
        initial=Role.EDITOR,
        help_text=gettext_lazy("Authors write. Editors release too. Administrators manage members and settings too."),
        error_messages={"required": gettext_lazy("Choose a role.")},
    )


@operator
def of_operator(request: HttpRequest) -> HttpResponse:
    """The operator's own members."""
    return _members(request, None)


@operator
def of_partner(request: HttpRequest, partner: str) -> HttpResponse:
    """A partner's members, who act for all its communities."""
    return _members(request, get_object_or_404(Partner, slug=partner))


@member(Role.ADMINISTRATOR)
def of_community(request: HttpRequest, community: Community) -> HttpResponse:
    """A community's members; for its administrators, those of its partner, and the operator's."""
    return _members(request, community)


def _members(request: HttpRequest, at: Scope) -> HttpResponse:
    asked = request.POST
    form = MemberForm(asked if "admit" in asked else None)
    if "end" in asked or "change" in asked:
        _change(request, at)
        return redirect(request.path)
    if form.is_valid():
        columns: dict[str, Any] = form.cleaned_data | {"role": Role(form.cleaned_data["role"])}
        admission = form.do(
            lambda: admit(columns.pop("email"), columns.pop("role"), by=actor(request), at=at, **columns)
        )
        if admission:
            context = _context(request, at) | {"admission": admission}
            response = render(request, "desk/admitted.html", context)
            response["Cache-Control"] = "no-store"
            return response
    status = 422 if form.is_bound else 200
    return render(request, "desk/members.html", _context(request, at) | {"form": form}, status=status)


def _change(request: HttpRequest, at: Scope) -> None:
    """Carry out a button of the list; the member must be of this very scope."""
    asked = request.POST
    chosen = {str(row.pk): row for row in members_of(at)}.get(asked.get("end") or asked.get("change") or "")
    if chosen is None:
        raise NotFound(_("This membership has ended already."))
    if "end" in asked:
        end(chosen, by=actor(request))
        messages.success(request, _("%(person)s is no longer a member.") % {"person": chosen.person})
    elif asked.get("role") in Role.values:
        change_role(chosen, Role(asked["role"]), by=actor(request))
        messages.success(request, _("Saved. It counts from the next page on."))


def _context(request: HttpRequest, at: Scope) -> dict[str, Any]:
    return {
        "members": members_of(at),
        "roles": Role.choices,
        "community": at if isinstance(at, Community) else None,
        "partner": at if isinstance(at, Partner) else None,
        "operator": is_operator(request.user),
    }

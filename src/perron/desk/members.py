"""Members of the operator, of a partner, of a community: who they are, whom to invite, whose role changes or ends.

Who administers a partner or a community has these pages beside their own studio.
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from perron.accounts.factors import confirmed_strongly
from perron.accounts.models import Person
from perron.communities.access import Scope, ask_for_factor, holds, level_of, may, permit, requires
from perron.communities.access_reviews.rules import open_review
from perron.communities.inviting import rules as inviting
from perron.communities.looking import looked, shows
from perron.communities.membership import change_role, end, grantable, members_of
from perron.communities.models import Community, Invitation, Member, Partner
from perron.communities.permissions import (
    ENTER_DESK,
    FOUND,
    MANAGE_STAFF,
    MANAGES,
    SEE_MEMBERS,
    SEE_PARTNERS_MEMBERS,
)
from perron.communities.roles import Level, Role
from perron.communities.strong_staff import reset_factors
from perron.core.errors import NotFound
from perron.desk.asking import DeskForm, actor
from perron.privacy.looks import What
from perron.privacy.subjects import of_person

_HINTS = {
    Level.COMMUNITY: gettext_lazy(
        "Authors write. Editors release too. Administrators manage members and settings too."
    ),
    Level.PARTNER: gettext_lazy(
        "Administrators act for every community of the partner. The data-protection officer reads the register and the "
        "terms, and gets the requests that concern the partner."
    ),
    Level.OPERATOR: gettext_lazy(
        "Administrators may do everything. Support answers the contact inbox, and sees who works for a partner. "
        "Accountants read what partners are and agreed. The data-protection officer reads registers, evidence and "
        "requests."
    ),
}


class InvitationForm(DeskForm):
    """Whom to invite, and as what."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": gettext_lazy("Write the address of the person."),
            "invalid": gettext_lazy("Write the address in full, for example anne@commune.be."),
        },
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a role.")},
    )

    def __init__(self, data: Any, *, roles: list[Role], level: Level) -> None:
        super().__init__(data)
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(role.value, role.label) for role in roles]
        field.help_text = str(_HINTS[level])


@requires(MANAGE_STAFF)
@shows(What.MEMBERS)
def of_operator(request: HttpRequest) -> HttpResponseBase:
    """The operator's own members."""
    return _members(request, None)


@requires(SEE_PARTNERS_MEMBERS)
@shows(What.MEMBERS)
def of_partner(request: HttpRequest, partner: Partner) -> HttpResponseBase:
    """A partner's members, who act for all its communities; the operator's support sees them, and changes nothing."""
    return _members(request, partner)


@requires(SEE_MEMBERS)
@shows(What.MEMBERS)
def of_community(request: HttpRequest, community: Community) -> HttpResponseBase:
    """A community's members; the same."""
    return _members(request, community)


def frame(request: HttpRequest, at: Scope) -> dict[str, Any]:
    """Return what the pages on members of a scope have in common."""
    return {
        "community": at if isinstance(at, Community) else None,
        "partner": at if isinstance(at, Partner) else None,
        "at_desk": holds(request.user, ENTER_DESK),
        "founds": holds(request.user, FOUND),
    }


def look(request: HttpRequest, at: Scope) -> None:
    """Note that the members of a scope are about to be seen."""
    partner = at.partner if isinstance(at, Community) else at
    looked(request, [of_person(row.person_id) for row in members_of(at)], of=partner)


def _members(request: HttpRequest, at: Scope) -> HttpResponseBase:
    look(request, at)
    asked, by = request.POST, actor(request)
    if request.method == "POST":
        permit(by, MANAGES[level_of(at)], at)
    if "reset" in asked and isinstance(request.user, Person) and not confirmed_strongly(request):
        return ask_for_factor(request, request.user)
    if request.method == "POST" and "invite" not in asked:
        _press(request, at)
        return redirect(request.path)
    roles = grantable(by, at)
    form = InvitationForm(asked or None, roles=roles, level=level_of(at))
    if form.is_valid():
        said = form.cleaned_data
        if form.do(lambda: inviting.invite(said["email"], Role(said["role"]), by=by, at=at)):
            messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": said["email"]})
            return redirect(request.path)
    context = frame(request, at) | {
        "form": form,
        "members": members_of(at),
        "manages": may(by, MANAGES[level_of(at)], at),
        "invitations": inviting.waiting(at),
        "roles": [(role.value, role.label) for role in roles],
        "review": open_review(at),
    }
    return render(request, "desk/members.html", context, status=422 if form.is_bound else 200)


def _press(request: HttpRequest, at: Scope) -> None:
    """Carry out a button of the lists; the row must be of this very scope."""
    asked, by = request.POST, actor(request)
    if "again" in asked:
        invitation = _invitation(at, asked["again"])
        inviting.send_again(invitation, by=by)
        messages.success(request, _("A new link is on its way to %(email)s.") % {"email": invitation.email})
    elif "withdraw" in asked:
        invitation = _invitation(at, asked["withdraw"])
        inviting.withdraw(invitation, by=by)
        messages.success(request, _("The invitation of %(email)s is taken back.") % {"email": invitation.email})
    elif "end" in asked:
        member = _member(at, asked["end"])
        end(member, by=by)
        # Who leaves a last role is signed out: there is no session that could keep the sentence.
        if member.person != request.user:
            messages.success(request, _("%(person)s is no longer a member.") % {"person": member.person})
    elif "reset" in asked:
        member = _member(at, asked["reset"])
        reset_factors(member, by=by)
        said = _("%(person)s is signed out everywhere, sets up a new factor at the next sign-in, and was told by mail.")
        messages.success(request, said % {"person": member.person})
    elif asked.get("role") in Role.values:
        change_role(_member(at, asked.get("change", "")), Role(asked["role"]), by=by)
        messages.success(request, _("Saved. It counts from the next page on."))


def _member(at: Scope, key: str) -> Member:
    if found := next((member for member in members_of(at) if str(member.pk) == key), None):
        return found
    raise NotFound(_("This membership has ended already."))


def _invitation(at: Scope, key: str) -> Invitation:
    if found := next((row for row in inviting.waiting(at) if str(row.pk) == key), None):
        return found
    raise NotFound(_("This invitation was accepted or taken back in the meantime."))

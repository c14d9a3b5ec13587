"""Once a year: who has access, since when, and who still needs it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from perron.communities.access import Scope, requires
from perron.communities.access_reviews.rules import is_overdue, open_review, review
from perron.communities.looking import shows
from perron.communities.membership import members_of
from perron.communities.models import Community, Partner
from perron.communities.permissions import MANAGE_MEMBERS, MANAGE_PARTNER, MANAGE_STAFF
from perron.core.errors import PerronError
from perron.desk.asking import actor
from perron.desk.members import frame, look
from perron.privacy.looks import What


@requires(MANAGE_STAFF)
@shows(What.MEMBERS)
def of_operator(request: HttpRequest) -> HttpResponse:
    """Look who works for the operator."""
    return _review(request, None)


@requires(MANAGE_PARTNER)
@shows(What.MEMBERS)
def of_partner(request: HttpRequest, partner: Partner) -> HttpResponse:
    """Look who acts for a partner."""
    return _review(request, partner)


@requires(MANAGE_MEMBERS)
@shows(What.MEMBERS)
def of_community(request: HttpRequest, community: Community) -> HttpResponse:
    """Look who acts for a community."""
    return _review(request, community)


def _review(request: HttpRequest, at: Scope) -> HttpResponse:
    look(request, at)
    members = list(members_of(at))
    said = {member.pk: request.POST.get(f"member-{member.pk}", "") for member in members}
    refusal = ""
    if request.method == "POST":
        keep, ending = _keys(said, "keep"), _keys(said, "end")
        if len(keep) + len(ending) < len(members):
            refusal = _("Say of everybody whether they stay.")
        else:
            try:
                review(at, keep=keep, ending=ending, by=actor(request))
            except PerronError as error:
                refusal = error.message
            else:
                if any(member.pk in ending and member.person == request.user for member in members):
                    # With a last role, the session is gone too.
                    return redirect("studio:front")
                messages.success(request, _("Done. We ask again in a year."))
                return redirect(request.path.removesuffix("review/"))
    asked = open_review(at)
    context = frame(request, at) | {
        "members": [(member, said[member.pk]) for member in members],
        "review": asked,
        "late": asked is not None and is_overdue(asked),
        "refusal": refusal,
    }
    return render(request, "desk/access_review.html", context, status=422 if refusal else 200)


def _keys(said: dict[UUID, str], answer: str) -> set[UUID]:
    return {key for key, each in said.items() if each == answer}

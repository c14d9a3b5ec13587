"""The desk's first page: everything that the operator has, and what to do next."""

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from perron.communities.access import powers, requires
from perron.communities.access_reviews.rules import open_review, overdue, page_of
from perron.communities.contracting.standing import waiting_for_operator
from perron.communities.membership import members_of
from perron.communities.models import Community, Partner, Platform, Topic
from perron.communities.permissions import ANSWER_CONTACT, ENTER_DESK, FOUND, MANAGE_STAFF, WRITE_NEWS
from perron.outreach.contact.finding import count_waiting
from perron.privacy.declaring import Activity
from perron.privacy.policy.current import policy

_FEW = 20


@requires(ENTER_DESK)
def home(request: HttpRequest) -> HttpResponse:
    """List partners, platforms, communities and topics, each with how to add one, as far as one's role has them."""
    may = powers(request.user)
    context = {
        "partners": Partner.objects.annotate(members_count=Count("members")).order_by("name"),
        "platforms": Platform.objects.annotate(shown=Count("communities")).order_by("-is_front", "name"),
        "communities": Community.objects.select_related("partner").order_by("slug"),
        "topics": Topic.objects.all(),
        "members": members_of(None).count() if may[MANAGE_STAFF.name] else 0,
        "powers": may,
        "to_sign": waiting_for_operator() if may[FOUND.name] else (),
        "late_reviews": [(late, page_of(late.scope)) for late in overdue()[:_FEW]] if may[MANAGE_STAFF.name] else (),
        "review": open_review(None) if may[MANAGE_STAFF.name] else None,
        "newsletter": may[WRITE_NEWS.name] and policy().does(Activity.PROMOTION),
        # None where it is not theirs to answer, or the operator's policy has no contact tab.
        "inbox_waiting": count_waiting() if may[ANSWER_CONTACT.name] and policy().does(Activity.CONTACT) else None,
    }
    return render(request, "desk/home.html", context)

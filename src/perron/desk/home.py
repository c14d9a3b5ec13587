"""The desk's first page: everything that the operator has, and what to do next."""

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from perron.communities.access import operator
from perron.communities.membership import members_of
from perron.communities.models import Community, Partner, Platform, Topic
from perron.outreach.contact.finding import count_waiting
from perron.privacy.declaring import Activity
from perron.privacy.policy.current import policy


@operator
def home(request: HttpRequest) -> HttpResponse:
    """List partners, platforms, communities and topics, each with how to add one."""
    context = {
        "partners": Partner.objects.annotate(members_count=Count("members")).order_by("name"),
        "platforms": Platform.objects.annotate(shown=Count("communities")).order_by("-is_front", "name"),
        "communities": Community.objects.select_related("partner").order_by("slug"),
        "topics": Topic.objects.all(),
        "members": members_of(None),
        # None where the operator's policy has no contact tab.
        "inbox_waiting": count_waiting() if policy().does(Activity.CONTACT) else None,
    }
    return render(request, "desk/home.html", context)

"""Another item like this one, and beginning from a template."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from perron.accounts.models import Person
from perron.communities.access import powers, requires
from perron.communities.models import Community
from perron.communities.permissions import RELEASE, WRITE
from perron.core.errors import Conflict, Refused
from perron.privacy.acting import Actor
from perron.publishing import drafting
from perron.publishing.kinds.registry import KINDS
from perron.publishing.models import Template
from perron.publishing.working import reusing
from perron.studio.items import find
from perron.studio.showing import editor


@require_POST
@requires(WRITE)
def duplicate(request: HttpRequest, community: Community, item: UUID) -> HttpResponse:
    """Begin another item with the same text."""
    copy = reusing.duplicate(find(community, item), by=_actor(request))
    messages.success(request, _("This is a copy, a draft of its own. Look at its dates."))
    return redirect("studio:edit", community.slug, copy.pk)


@require_POST
@requires(WRITE)
def kept(request: HttpRequest, community: Community, item: UUID) -> HttpResponse:
    """Keep the text as a template."""
    found = find(community, item)
    try:
        template = reusing.keep_as_template(found, request.POST.get("name", ""), by=_actor(request))
    except (Conflict, Refused) as refused:
        return editor(request, community, found.kind, drafting.newest(found), item=found, refusal=refused.message,
                      status=refused.status)  # fmt: skip
    messages.success(request, _("Kept as the template “%(name)s”.") % {"name": template})
    return redirect("studio:templates", community.slug)


@requires(WRITE)
def templates(request: HttpRequest, community: Community) -> HttpResponse:
    """List the templates, each with the days for which it is likely begun."""
    return _listed(request, community)


@require_POST
@requires(WRITE)
def begun(request: HttpRequest, community: Community, template: UUID) -> HttpResponse:
    """Begin a draft from a template, its dates moved."""
    typed = request.POST.get("day", "")
    try:
        day = date.fromisoformat(typed) if typed else None
    except ValueError:
        return _listed(request, community, refusal=_("Write the day as 2026-12-24."), status=422)
    item = reusing.begin_from(community, template, day, by=_actor(request))
    return redirect("studio:edit", community.slug, item.pk)


@require_POST
@requires(RELEASE)
def removed(request: HttpRequest, community: Community, template: UUID) -> HttpResponse:
    """Delete a template."""
    reusing.remove_template(community, template, by=_actor(request))
    messages.success(request, _("The template is deleted. What was begun from it stays."))
    return redirect("studio:templates", community.slug)


def _listed(request: HttpRequest, community: Community, *, refusal: str = "", status: int = 200) -> HttpResponse:
    found = Template.objects.filter(community=community).select_related("made_by")
    context = {
        "community": community,
        "powers": powers(request.user, community),
        "templates": [(template, KINDS[template.kind], reusing.next_days(template)) for template in found],
        "refusal": refusal,
    }
    return render(request, "studio/templates.html", context, status=status)


def _actor(request: HttpRequest) -> Actor:
    assert isinstance(request.user, Person)
    return request.user.actor

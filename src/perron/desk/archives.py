"""Leaving: everything of a partner as one archive, to be taken to another installation."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from perron.communities.access import holds, requires, strongly_signed_in
from perron.communities.looking import looked, shows
from perron.communities.models import Application, Member, Partner
from perron.communities.permissions import ENTER_DESK, HAND_OVER
from perron.core.errors import Refused
from perron.desk.asking import actor
from perron.privacy.looks import What
from perron.privacy.subjects import Subject, of_person
from perron.publishing.handing_over import preparing
from perron.publishing.handing_over.parts import parts


@strongly_signed_in
@requires(HAND_OVER)
def index(request: HttpRequest, partner: Partner) -> HttpResponse:
    """List the archives that there are; ask for another."""
    refusal = ""
    if request.method == "POST":
        try:
            preparing.ask(partner, by=actor(request))
        except Refused as refused:
            refusal = refused.message
        else:
            messages.success(request, _("The archive is being made. Look here again in a few minutes."))
            return redirect("desk:archives", partner.slug)
    context = {
        "partner": partner,
        "archives": preparing.archives_of(partner),
        "days": preparing.KEPT.days,
        "tables": len(parts()),
        "refusal": refusal,
        "at_desk": holds(request.user, ENTER_DESK),
    }
    return render(request, "desk/archives.html", context, status=422 if refusal else 200)


@strongly_signed_in
@requires(HAND_OVER)
@shows(What.PARTNER)
def file(request: HttpRequest, partner: Partner, archive: UUID) -> FileResponse:
    """Give one archive."""
    if archive not in {each.pk for each in preparing.archives_of(partner)}:
        raise Http404
    looked(request, _people(partner), of=partner)
    found, opened = preparing.open_archive(partner, archive, by=actor(request))
    name = f"{partner.slug}-{found.asked_at:%Y-%m-%d}.zip"
    response = FileResponse(opened, as_attachment=True, filename=name, content_type="application/zip")
    response["Cache-Control"] = "no-store"
    return response


def _people(partner: Partner) -> set[Subject]:
    """Return who is in an archive with more than their name on what was published: members, and who applied."""
    held = Member.objects.filter(Q(partner=partner) | Q(community__partner=partner))
    applied = Application.objects.filter(commune__partner=partner)
    return {
        *map(of_person, held.values_list("person_id", flat=True)),
        *(Subject("address", key) for key in applied.values_list("subject_id", flat=True)),
    }

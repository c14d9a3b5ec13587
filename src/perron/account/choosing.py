"""What a person chooses for their own screens."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from perron.accounts.models import Person
from perron.accounts.preferring import prefer_language
from perron.communities.access import signed_in


@require_POST
@signed_in
def language(request: HttpRequest) -> HttpResponse:
    """Have the staff's screens speak another language, and go back to where the choice was made."""
    assert isinstance(request.user, Person)
    prefer_language(request.user, request.POST.get("language", ""), by=request.user.actor)
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return redirect(target if safe else "studio:front")

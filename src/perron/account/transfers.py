"""Copies that go straight from one program to another: sent where somebody says, and received for them here."""

import hashlib
import tempfile
from base64 import b64encode
from typing import IO
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.http.request import UnreadablePostError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from perron.account.data import language_of
from perron.account.identified import actor_of, identified, subjects_of
from perron.account.rights import asker_of
from perron.accounts.models import Person
from perron.accounts.taking_over import take_over
from perron.communities.access import anyone, signed_in
from perron.core.errors import NotFound, PerronError, Refused, TooLarge
from perron.privacy import receiving, transferring
from perron.privacy.copies.unpacking import MOST_BYTES
from perron.screens.own_posts import own_posts

_PIECE = 1 << 16


class SendForm(forms.Form):
    """Where to."""

    use_required_attribute = False
    address = forms.CharField(
        label=gettext_lazy("Address to send to"),
        max_length=2000,
        help_text=gettext_lazy("The other service shows it to you. It begins with https://."),
        error_messages={"required": gettext_lazy("Write the address that the other service shows you.")},
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )
    token = forms.CharField(
        label=gettext_lazy("Token"),
        required=False,
        max_length=2000,
        help_text=gettext_lazy("Only if the other service gives you one beside the address."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


@own_posts
@identified
def send(request: HttpRequest) -> HttpResponse:
    """Ask where a copy is to be sent, and have it sent."""
    form = SendForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            transfer = transferring.send(
                subjects_of(request),
                form.cleaned_data["address"],
                token=form.cleaned_data["token"],
                language=language_of(),
                by=actor_of(request),
            )
        except Refused as refusal:
            form.add_error("address", refusal.message)
        else:
            messages.success(request, _("Your data are being sent to %(host)s.") % {"host": transfer.host})
            return redirect("account:data")
    return render(
        request,
        "account/copies/send.html",
        {"asker": asker_of(request), "form": form},
        status=422 if form.errors else 200,
    )


@own_posts
@signed_in
def receive(request: HttpRequest) -> HttpResponse:
    """Open a reception, and show its address: once, since it is not kept."""
    assert isinstance(request.user, Person)
    address = ""
    if request.method == "POST":
        _reception, token = receiving.open_reception(request.user.pk, by=request.user.actor)
        address = request.build_absolute_uri(reverse("account:incoming", args=[token]))
    return render(request, "account/copies/receive.html", {"asker": asker_of(request), "address": address})


@own_posts
@signed_in
def received(request: HttpRequest, reception: UUID) -> HttpResponse:
    """Show what came in before anything is done with it; take over what the person chooses, or throw it away."""
    assert isinstance(request.user, Person)
    found = receiving.reception_of(request.user.pk, reception)
    problem = ""
    if request.method == "POST" and "discard" in request.POST:
        receiving.discard(found, by=request.user.actor)
        messages.success(request, _("The copy is gone."))
        return redirect("account:data")
    if request.method == "POST":
        try:
            take_over(request.user, found, request.POST.getlist("what"), by=request.user.actor)
        except Refused as refusal:
            problem = refusal.message
        else:
            messages.success(request, _("Taken over."))
            return redirect("account:data")
    person = request.user
    offers = [{"what": what, "value": value, "now": getattr(person, what)} for what, value in found.offers.items()]
    context = {"asker": asker_of(request), "reception": found, "offers": offers, "problem": problem}
    return render(request, "account/copies/received.html", context, status=422 if problem else 200)


@own_posts
@require_POST
@signed_in
def received_file(request: HttpRequest, reception: UUID) -> FileResponse:
    """Give the received copy as it came."""
    assert isinstance(request.user, Person)
    found = receiving.reception_of(request.user.pk, reception)
    try:
        file = default_storage.open(receiving.file_of(found))
    except FileNotFoundError as error:
        raise NotFound(_("There is no such copy, or it is gone.")) from error
    return FileResponse(file, as_attachment=True, filename=f"{found.pk}.zip", content_type="application/zip")


@csrf_exempt
@require_POST
@anyone
def incoming(request: HttpRequest, token: str) -> HttpResponseBase:
    """Take a copy that another program sends; the token in the address says for whom. Answers in JSON (RFC 9457)."""
    try:
        receiving.expect(token)
        with tempfile.TemporaryFile() as file:
            size, digest = _spooled(request, file)
            reception = receiving.receive(token, file, size=size, sha256=digest)
    except UnreadablePostError:
        return HttpResponse(status=400)
    except PerronError as refusal:
        body = {"status": refusal.status, "title": refusal.message}
        return JsonResponse(body, status=refusal.status, content_type="application/problem+json")
    return JsonResponse({"received": True, "size": reception.size, "sha256": reception.sha256}, status=201)


def _spooled(request: HttpRequest, file: IO[bytes]) -> tuple[int, str]:
    """Write the body to `file`, and return its size and SHA-256. Raises `TooLarge` as soon as it is, or `Refused`."""
    declared = request.headers.get("Content-Length", "")
    if not declared.isdecimal():
        raise Refused(_("Say how large the copy is: Content-Length is missing."))
    if int(declared) > MOST_BYTES:
        raise _too_large()
    if request.content_type != "application/zip":
        raise Refused(_("Send the copy as application/zip."))
    size, digest = 0, hashlib.sha256()
    while piece := request.read(_PIECE):
        size += len(piece)
        if size > MOST_BYTES:
            raise _too_large()
        digest.update(piece)
        file.write(piece)
    stated = request.headers.get("Content-Digest", "")
    if size != int(declared) or (stated and f"sha-256=:{b64encode(digest.digest()).decode()}:" not in stated):
        raise Refused(_("Not all of the copy arrived. Send it again."))
    file.seek(0)
    return size, digest.hexdigest()


def _too_large() -> TooLarge:
    return TooLarge(_("A copy has at most %(most)d MB.") % {"most": MOST_BYTES // 1_000_000})

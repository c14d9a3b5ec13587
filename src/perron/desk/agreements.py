"""What the operator and a partner agreed: to read, print, sign, upload and end; for the administrators of both."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from perron.accounts.models import Person
from perron.communities.access import holds, part_of, powers, requires, strongly_signed_in
from perron.communities.agreements import signed_document
from perron.communities.contracting import ending, keeping, signing
from perron.communities.contracting.drawing_up import party, text_of
from perron.communities.contracting.standing import Standing, standing, standings
from perron.communities.contracting.tables import Agreement, Signature
from perron.communities.contracting.verifying import faults
from perron.communities.looking import looked, shows
from perron.communities.models import Partner
from perron.communities.permissions import ENTER_DESK, READ_AGREEMENTS, SIGN_AGREEMENTS, UPLOAD_AGREEMENTS
from perron.core.clock import today
from perron.core.errors import Conflict
from perron.desk.agreement_forms import EndForm, SignForm, UploadForm
from perron.desk.asking import actor
from perron.desk.languages import language_of, offered
from perron.privacy.declaring import Activity
from perron.privacy.looks import What
from perron.privacy.policy.current import policy
from perron.privacy.policy.deeds import blocks, digest
from perron.privacy.subjects import of_person

Side = Signature.Side


@part_of(Activity.CONTRACTS)
@requires(READ_AGREEMENTS)
@shows(What.AGREEMENT)
def index(request: HttpRequest, partner: Partner) -> HttpResponse:
    """Show how it stands with each agreement, and those of before."""
    stands = standings(partner)
    sides = signing.sides_of(actor(request), partner)
    own = {each.binding.pk for each in stands if each.binding}
    former = Agreement.objects.filter(partner=partner, ended_at__isnull=False).order_by("-ended_at").exclude(pk__in=own)
    _looked(request, partner, [*former, *(each.binding for each in stands), *(each.waiting for each in stands)])
    context = {
        "partner": partner,
        "rows": [(each, _faults(each.binding), _to_sign(each, sides)) for each in stands],
        "former": [(each, _faults(each)) for each in former],
        "at_desk": holds(request.user, ENTER_DESK),
        "powers": powers(request.user, partner),
    }
    return render(request, "desk/agreements.html", context)


@part_of(Activity.CONTRACTS)
@requires(READ_AGREEMENTS)
@shows(What.AGREEMENT)
def one(request: HttpRequest, partner: Partner, kind: str) -> HttpResponse:
    """Show the text: what binds, what waits for a signature, or what would be signed today."""
    stands = standing(partner, _kind(kind))
    binding = stands.binding if stands.binding and request.GET.get("text") != "new" else None
    shown = binding or stands.waiting
    _looked(request, partner, [shown])
    language = shown.language if shown else language_of(request)
    text = shown.text if shown else text_of(kind, party(partner), language)
    context = _context(request, partner, stands) | {
        "shown": shown,
        "binding": binding,
        "blocks": blocks(text),
        "language": language,
        "languages": None if shown else offered(request),
        "to_sign": _to_sign(stands, signing.sides_of(actor(request), partner)),
        "faults": _faults(shown),
    }
    return render(request, "desk/agreement.html", context)


@part_of(Activity.CONTRACTS)
@strongly_signed_in
@requires(SIGN_AGREEMENTS)
def sign(request: HttpRequest, partner: Partner, kind: str) -> HttpResponse:
    """Sign for the side of which the person is an administrator."""
    stands = standing(partner, _kind(kind))
    side = _to_sign(stands, signing.sides_of(actor(request), partner))
    if not side:
        messages.warning(request, _("There is nothing for you to sign: your side has signed, or it is in force."))
        return redirect("desk:agreements", partner.slug)
    language = stands.waiting.language if stands.waiting else language_of(request)
    text = stands.waiting.text if stands.waiting else text_of(kind, party(partner), language)
    asks = {"staff": side == Side.PARTNER and kind == Agreement.Kind.CONTRACT and bool(signing.undertaking()),
            "children": stands.waiting is None and partner.children.exists()}  # fmt: skip
    assert isinstance(request.user, Person)
    first = {"name": request.user.name, "text_hash": digest(text), "language": language}
    form = SignForm(request.POST if request.method == "POST" else None, initial=first, **asks)
    if form.done(lambda: signing.sign(partner, kind, by=actor(request), side=side, **form.signed())):
        messages.success(request, _("Signed."))
        return redirect("desk:agreements", partner.slug)
    context = _context(request, partner, stands) | {
        "form": form,
        "side": side,
        "blocks": blocks(text),
        "language": language,
        "languages": None if stands.waiting else offered(request),
    }
    return render(request, "desk/agreement_sign.html", context, status=422 if form.is_bound else 200)


@part_of(Activity.CONTRACTS)
@strongly_signed_in
@requires(UPLOAD_AGREEMENTS)
def upload(request: HttpRequest, partner: Partner, kind: str) -> HttpResponse:
    """Take what was signed by hand; for the operator."""
    stands = standing(partner, _kind(kind))
    asks = {"staff": kind == Agreement.Kind.CONTRACT and bool(signing.undertaking()),
            "children": partner.children.exists()}  # fmt: skip
    posted = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = UploadForm(*posted, initial={"language": language_of(request)}, **asks)
    if form.done(lambda: signing.upload(partner, kind, by=actor(request), **form.uploaded())):
        messages.success(request, _("Kept. The agreement is in force from now on."))
        return redirect("desk:agreements", partner.slug)
    context = _context(request, partner, stands) | {"form": form}
    return render(request, "desk/agreement_upload.html", context, status=422 if form.is_bound else 200)


@part_of(Activity.CONTRACTS)
@strongly_signed_in
@requires(SIGN_AGREEMENTS)
def end(request: HttpRequest, partner: Partner, kind: str) -> HttpResponse:
    """End what is in force, after saying what follows."""
    stands = standing(partner, _kind(kind))
    if stands.binding is None or stands.binding.partner_id != partner.pk:
        raise Conflict(_("This agreement is not in force, so there is nothing to end."))
    binding = stands.binding
    first = {"due_on": (today() + ending.USUAL).isoformat()}
    form = EndForm(request.POST if request.method == "POST" else None, initial=first)
    if kind != Agreement.Kind.CONTRACT:
        del form.fields["hand_over"], form.fields["due_on"]
    if form.done(lambda: ending.end(binding, by=actor(request), **form.ended())):
        messages.success(request, _("Ended. What depends on it is closed now."))
        return redirect("desk:agreements", partner.slug)
    context = _context(request, partner, stands) | {"form": form}
    return render(request, "desk/agreement_end.html", context, status=422 if form.is_bound else 200)


@part_of(Activity.CONTRACTS)
@requires(SIGN_AGREEMENTS)
def withdraw(request: HttpRequest, partner: Partner, kind: str) -> HttpResponse:
    """Take back what the other side has not signed yet."""
    waiting = standing(partner, _kind(kind)).waiting
    if request.method != "POST":
        return redirect("desk:agreements", partner.slug)
    if waiting is None:
        raise Conflict(_("There is nothing to take back: both sides have signed, or nobody has."))
    signing.withdraw(waiting, by=actor(request))
    messages.success(request, _("Taken back. Nobody has signed now."))
    return redirect("desk:agreements", partner.slug)


@part_of(Activity.CONTRACTS)
@requires(READ_AGREEMENTS)
@shows(What.AGREEMENT)
def document(request: HttpRequest, partner: Partner, agreement: UUID) -> HttpResponse:
    """Answer with the signed document, if it is what was signed."""
    found = signed_document(partner, agreement)
    if found is None:
        raise Http404
    if wrong := faults(found):
        raise Conflict(" ".join(wrong))
    _looked(request, partner, [found])
    response = HttpResponse(keeping.read(found), content_type="application/pdf")
    name = f"{found.kind}-{found.partner.slug}-{found.policy_version.isoformat()}.pdf"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def _kind(kind: str) -> Agreement.Kind:
    if kind not in Agreement.Kind.values:
        raise Http404
    return Agreement.Kind(kind)


def _looked(request: HttpRequest, partner: Partner, agreements: Iterable[Agreement | None]) -> None:
    """Note whose names are shown: of who signed, and who uploaded what was signed by hand."""
    shown = [agreement for agreement in agreements if agreement]
    people = {signature.person_id for agreement in shown for signature in agreement.signatures.all()}
    people |= {agreement.begun_by_id for agreement in shown}
    looked(request, [of_person(person) for person in people if person], of=partner, operators_too=True)


def _to_sign(stands: Standing, sides: list[str]) -> str:
    """Return the side for which somebody who administers `sides` can sign now; "" for none."""
    if not stands.can_be_signed:
        return ""
    if stands.waiting:
        return stands.waits_for if stands.waits_for in sides else ""
    return sides[0] if sides else ""


def _faults(agreement: Agreement | None) -> list[str]:
    return faults(agreement) if agreement else []


def _context(request: HttpRequest, partner: Partner, stands: Standing) -> dict[str, Any]:
    return {
        "partner": partner,
        "stands": stands,
        "at_desk": holds(request.user, ENTER_DESK),
        "powers": powers(request.user, partner),
        "processor": policy().operator.name,
    }

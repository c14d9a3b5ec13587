"""Signing: by an administrator of each side, in the program, the very text that was shown; or by hand, uploaded."""

from datetime import date
from typing import IO

from django.db import transaction
from django.utils.translation import gettext as _

from perron.accounts.models import Person
from perron.communities.access import holders, permit, person_of
from perron.communities.agreements import needed
from perron.communities.contracting import keeping, telling
from perron.communities.contracting.document import as_pdf
from perron.communities.contracting.drawing_up import is_current, particulars, party, text_of
from perron.communities.contracting.ending import announce_change, close
from perron.communities.contracting.tables import Agreement, Signature
from perron.communities.models import Partner
from perron.communities.permissions import SIGN_AGREEMENTS, UPLOAD_AGREEMENTS
from perron.communities.roles import Level
from perron.communities.writing import Unfit
from perron.core.clock import now, today
from perron.core.errors import Conflict, NotAllowed, Refused
from perron.core.text import clean_line
from perron.privacy.acting import Actor
from perron.privacy.auditing import record
from perron.privacy.evidence import recording
from perron.privacy.evidence.chain import JSON
from perron.privacy.policy.current import policy, versions
from perron.privacy.policy.deeds import digest
from perron.privacy.policy.values import Policy
from perron.privacy.subjects import of_person

Kind, Side = Agreement.Kind, Signature.Side


def sign(
    partner: Partner,
    kind: str,
    *,
    by: Actor,
    side: str,
    name: str,
    capacity: str,
    text_hash: str,
    language: str,
    informs_staff: bool = False,
    with_children: bool = False,
) -> Agreement:
    """Sign for one side the text with this SHA-256, in `language`; with the second signature it is in force.

    `informs_staff` is the partner's undertaking to tell its staff what is done with their data, without which it cannot
    sign the contract; `with_children` binds its sub-organisations too, as whoever signs first chooses.

    Raises `NotAllowed` unless `by` administers that side; `Unfit` for what is missing; `Conflict` where the text is no
    longer the one that was shown, or the side has signed; `NotStored` if the disk is full.
    """
    person = _signer(by, partner, side)
    name, capacity = _stated(name, capacity)
    _require_needed(kind)
    if kind == Kind.CONTRACT and side == Side.PARTNER and undertaking() and not informs_staff:
        raise Unfit({"informs_staff": [_("Without this undertaking the contract cannot be signed.")]})
    with transaction.atomic():
        row = _begun(partner, kind, person, text_hash, language, with_children=with_children)
        if row.signatures.filter(side=side).exists():
            raise Conflict(_("This side has signed already; the other one has not."))
        if row.signatures.filter(person=person).exists():
            raise NotAllowed(_("Somebody else must sign for the other side: nobody signs with themselves."))
        signature = Signature(agreement=row, side=side, person=person, name=name, capacity=capacity,
                              text_hash=row.text_hash,
                              informs_staff=informs_staff and kind == Kind.CONTRACT)  # fmt: skip
        signature.save()
        record("sign agreement", row, by=by, tenant=partner.pk, kind=kind, side=side, text=row.text_hash)
        if row.signatures.count() == len(Side.values):
            with keeping.kept(row, as_pdf(row, list(row.signatures.all()))):
                _bring_into_force(row, by=by)
                _prove(row, by=by, side=side)
        else:
            if side == Side.OPERATOR:
                telling.ask_to_sign(row, by=by)
            _prove(row, by=by, side=side)
    return row


def upload(
    partner: Partner,
    kind: str,
    file: IO[bytes],
    *,
    by: Actor,
    language: str,
    signed_on: date,
    informs_staff: bool = False,
    with_children: bool = False,
) -> Agreement:
    """Take what both sides signed by hand, as a PDF; it is in force from now on.

    Raises `NotAllowed` unless `by` administers the operator; `Refused`, `TooLarge` for what is no such file; `Unfit`
    for a day on which it cannot have been signed; `NotStored` if the disk is full.
    """
    permit(by, UPLOAD_AGREEMENTS, partner)
    person = _signer(by, partner, Side.OPERATOR)
    _require_needed(kind)
    if kind == Kind.CONTRACT and undertaking() and not informs_staff:
        raise Unfit({"informs_staff": [_("The contract must hold the partner’s undertaking to inform its staff.")]})
    data = keeping.checked_pdf(file)
    version, of = _version_on(signed_on), party(partner)
    with transaction.atomic():
        Partner.objects.select_for_update().get(pk=partner.pk)
        _drop_open(partner, kind, by=by)
        text = text_of(kind, of, language, version)
        row = Agreement(partner=partner, kind=kind, policy_version=version.version.in_force, language=language,
                        particulars=particulars(of), text=text, text_hash=digest(text), on_paper=True,
                        signed_on=signed_on, with_children=with_children, begun_by=person)  # fmt: skip
        with keeping.kept(row, data):
            row.save(force_insert=True)
            record("upload agreement", row, by=by, tenant=partner.pk, kind=kind, file=row.file_hash)
            _bring_into_force(row, by=by)
            _prove(row, by=by, side="")
    return row


def withdraw(agreement: Agreement, *, by: Actor) -> None:
    """Take back what the other side has not signed yet. Raises `NotAllowed`; `Conflict` if it has, or it is gone."""
    _require_a_side(by, agreement.partner)
    with transaction.atomic():
        Partner.objects.select_for_update().get(pk=agreement.partner_id)
        if not _drop_open(agreement.partner, agreement.kind, by=by):
            raise Conflict(_("There is nothing to take back: both sides have signed, or nobody has."))


def sides_of(by: Actor, partner: Partner) -> list[str]:
    """Return the sides for which `by` may sign: administrators for their organisation, and nobody for another."""
    levels = {Side.PARTNER: Level.PARTNER, Side.OPERATOR: Level.OPERATOR}
    return [
        side
        for side, level in levels.items()
        if by.kind == "person" and by.id and holders(SIGN_AGREEMENTS, partner, level=level).filter(pk=by.id).exists()
    ]


def undertaking() -> str:
    """Return whether the contract has the undertaking to inform staff: where the policy has contracts (activity D)."""
    return "D" if policy().does("D") else ""


def _require_a_side(by: Actor, partner: Partner) -> None:
    if not sides_of(by, partner):
        raise NotAllowed(_("Only administrators of the two sides may do this."))


def _signer(by: Actor, partner: Partner, side: str) -> Person:
    person = person_of(by)
    if side not in sides_of(by, partner) or not isinstance(person, Person):
        raise NotAllowed(_("Only an administrator of this side may sign for it."))
    return person


def _stated(name: str, capacity: str) -> tuple[str, str]:
    name, capacity = clean_line(name), clean_line(capacity)
    wrong = {}
    if not name or len(name) > 120:
        wrong["name"] = [_("Write your name as it should stand under the text, in at most 120 characters.")]
    if not capacity or len(capacity) > 120:
        wrong["capacity"] = [_("Write what you are there, for example director, in at most 120 characters.")]
    if wrong:
        raise Unfit(wrong)
    return name, capacity


def _require_needed(kind: str) -> None:
    if kind not in needed():
        raise Refused(_("By the policy in force, no such agreement is needed."))


def _begun(
    partner: Partner, kind: str, person: Person, text_hash: str, language: str, *, with_children: bool
) -> Agreement:
    """Return the agreement that waits for a signature, begun now if there is none; the text must be the one shown."""
    Partner.objects.select_for_update().get(pk=partner.pk)
    row = _open(partner, kind)
    if row and not is_current(row):
        _drop_open(partner, kind, by=person.actor)
        row = None
    of = party(partner)
    text = row.text if row else text_of(kind, of, language)
    if digest(text) != text_hash:
        raise Conflict(_("The text has changed since you opened it. Read it again, then sign."))
    if row is None:
        row = Agreement.objects.create(
            partner=partner, kind=kind, policy_version=policy().version.in_force, language=language,
            particulars=particulars(of), text=text, text_hash=text_hash, with_children=with_children, begun_by=person,
        )  # fmt: skip
    return row


def _open(partner: Partner, kind: str) -> Agreement | None:
    return Agreement.objects.filter(partner=partner, kind=kind, in_force_at=None, ended_at=None).first()


def _drop_open(partner: Partner, kind: str, *, by: Actor) -> bool:
    row = _open(partner, kind)
    if row is None:
        return False
    record("withdraw agreement", row, by=by, tenant=partner.pk, kind=kind, text=row.text_hash)
    row.delete()
    return True


def _bring_into_force(row: Agreement, *, by: Actor) -> None:
    former = Agreement.objects.filter(
        partner=row.partner_id, kind=row.kind, in_force_at__isnull=False, ended_at=None
    ).first()
    row.in_force_at = now()
    if former:
        former.replaced = True
        former.save(update_fields=["replaced"])
        close(former, row.in_force_at)
    row.save()
    record("bring agreement into force", row, by=by, tenant=row.partner_id, kind=row.kind, file=row.file_hash)
    announce_change(row)


def _prove(row: Agreement, *, by: Actor, side: str) -> None:
    about: dict[str, JSON] = {"agreement": str(row.pk), "kind": row.kind, "side": side,
                                        "text": row.text_hash, "file": row.file_hash}  # fmt: skip
    assert by.id
    row.evidence = recording.record("sign_agreement", of_person(by.id), by=by, about=about)
    row.save(update_fields=["evidence"])


def _version_on(day: date) -> Policy:
    if day > today():
        raise Unfit({"signed_on": [_("This day lies ahead. Write the day on which it was signed.")]})
    there = [version for version in versions() if version.version.in_force <= day]
    if not there:
        raise Unfit({"signed_on": [_("On this day no version of the policy was in force yet. Look at the date.")]})
    return there[-1]

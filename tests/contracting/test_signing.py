"""Who signs what, and when it is in force."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.test import Client

from perron.accounts.models import Person
from perron.communities.agreements import in_force
from perron.communities.contracting import keeping, signing
from perron.communities.contracting.document import as_pdf
from perron.communities.contracting.standing import standing
from perron.communities.describing import describe_partner
from perron.communities.models import Agreement, Member, Partner, Signature
from perron.communities.roles import Role
from perron.communities.writing import Unfit
from perron.core.clock import today
from perron.core.errors import Conflict, NotAllowed, NotStored, PerronError, Refused, TooLarge
from perron.letters.models import Letter
from perron.privacy.acting import SYSTEM
from perron.privacy.evidence.tables import EvidenceDetail
from perron.privacy.policy.deeds import blocks, digest
from tests import making
from tests.contracting.agreeing import PDF, Side, administrator, both_sign, operator, sign, uploaded

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner() -> Partner:
    return making.partner(bound=False)


ARRANGEMENT, CONTRACT = Agreement.Kind.ARRANGEMENT, Agreement.Kind.CONTRACT


def test_a_signature_says_who_signed_which_text_when_and_what_was_undertaken(partner: Partner) -> None:
    director, head = administrator(partner), operator()
    sign(partner, CONTRACT, director, Side.PARTNER, name=" Anne\tLambert ")
    row = sign(partner, CONTRACT, head, Side.OPERATOR, capacity="CEO")
    first, second = row.signatures.all()
    assert (first.person, first.name, first.capacity, first.informs_staff) == (
        director, "Anne Lambert", "Directrice", True,
    )  # fmt: skip
    assert (second.person, second.capacity, second.informs_staff) == (head, "CEO", False)
    assert {first.text_hash, second.text_hash} == {digest(row.text)}
    assert "28(3)(h)" in row.text
    assert blocks(row.text)[0].text == "Conditions du traitement de données à caractère personnel"
    assert row.evidence
    proof = EvidenceDetail.objects.get(pk=row.evidence)
    assert row.file_hash in proof.about
    assert proof.subject_id == head.pk
    assert "Anne" not in proof.about, "evidence says no more about anybody than it needs"


def test_the_operator_asks_the_partner_by_letter(partner: Partner) -> None:
    director = administrator(partner)
    sign(partner, ARRANGEMENT, operator(), Side.OPERATOR)
    letter = Letter.objects.get(kind="agreement-to-sign")
    assert letter.to == director.email
    assert letter.context["link"].endswith("/desk/partners/ville/agreements/arrangement/")
    assert standing(partner, ARRANGEMENT).state == "waits_partner"


@pytest.mark.parametrize(
    ("who", "side"),
    [
        ("operator", Side.PARTNER),
        ("partner", Side.OPERATOR),
        ("other partner", Side.PARTNER),
        ("editor of the partner", Side.PARTNER),
        ("editor of the operator", Side.OPERATOR),
        ("nobody", Side.PARTNER),
    ],
)
def test_nobody_signs_for_a_side_that_they_do_not_administer(partner: Partner, who: str, side: str) -> None:
    with pytest.raises(NotAllowed):
        sign(partner, CONTRACT, _somebody(who, partner), side)
    assert not Agreement.objects.exists()


def test_signing_uploading_and_ending_ask_for_the_second_factor_anew(client: Client, partner: Partner) -> None:
    both_sign(partner, ARRANGEMENT)
    head = operator()
    making.app(head)
    # Shown ten minutes ago: enough to work with, too old to sign with.
    making.sign_in(client, head, lasts=-timedelta(minutes=10))
    assert client.get("/desk/partners/ville/agreements/").status_code == 200
    for kind, verb in (("contract", "sign"), ("contract", "upload"), ("arrangement", "end")):
        asked = client.post(f"/desk/partners/ville/agreements/{kind}/{verb}/", {"sure": "on"})
        assert asked.status_code == 302
        assert asked["Location"].startswith("/account/"), verb
    assert Agreement.objects.get().is_in_force


def test_nobody_signs_for_both_sides(partner: Partner) -> None:
    both = operator()
    Member.objects.create(person=both, partner=partner, role=Role.ADMINISTRATOR)
    sign(partner, CONTRACT, both, Side.PARTNER)
    with pytest.raises(NotAllowed, match="nobody signs with themselves"):
        sign(partner, CONTRACT, both, Side.OPERATOR)
    with pytest.raises(Conflict, match="signed already"):
        sign(partner, CONTRACT, administrator(partner), Side.PARTNER)
    assert not in_force(partner, CONTRACT)


def test_only_the_text_that_was_shown_is_signed(partner: Partner) -> None:
    director = administrator(partner)
    with pytest.raises(Conflict, match="Read it again"):
        sign(partner, CONTRACT, director, Side.PARTNER, text_hash=digest("another text"))
    sign(partner, CONTRACT, director, Side.PARTNER)
    describe_partner(partner, by=SYSTEM, name="Ville nouvelle")
    partner.refresh_from_db()
    assert standing(partner, CONTRACT).state == "to_sign", "what waits names a partner of another name"
    sign(partner, CONTRACT, operator(), Side.OPERATOR)
    assert Signature.objects.get().side == Side.OPERATOR, "nobody signed the new text before"


def test_the_partner_undertakes_to_inform_its_staff_or_there_is_no_contract(partner: Partner) -> None:
    with pytest.raises(Unfit, match="Without this undertaking"):
        sign(partner, CONTRACT, administrator(partner), Side.PARTNER, informs_staff=False)
    with pytest.raises(Unfit, match="must hold"):
        uploaded(partner, CONTRACT, operator(), informs_staff=False)
    sign(partner, ARRANGEMENT, administrator(partner), Side.PARTNER, informs_staff=False)


def test_what_waits_can_be_taken_back_and_what_is_in_force_cannot(partner: Partner) -> None:
    director = administrator(partner)
    row = sign(partner, CONTRACT, director, Side.PARTNER)
    with pytest.raises(NotAllowed):
        signing.withdraw(row, by=making.person().actor)
    signing.withdraw(row, by=director.actor)
    assert not Agreement.objects.exists()
    row = both_sign(partner, CONTRACT)
    with pytest.raises(Conflict):
        signing.withdraw(row, by=director.actor)


def test_what_was_signed_by_hand_is_in_force_with_the_upload(partner: Partner) -> None:
    head = operator()
    row = uploaded(partner, CONTRACT, head, signed_on=date(2026, 11, 2))
    assert (row.on_paper, row.signed_on, row.begun_by) == (True, date(2026, 11, 2), head)
    assert in_force(partner, CONTRACT) == row
    assert keeping.read(row) == PDF
    again = uploaded(partner, CONTRACT, head, data=PDF + b"again %%EOF")
    assert in_force(partner, CONTRACT) == again
    row.refresh_from_db()
    assert (row.replaced, row.due_on) == (True, None)
    assert keeping.read(row) == PDF, "the former proves what was agreed before"


@pytest.mark.once
@pytest.mark.parametrize(
    ("data", "more", "error"),
    [
        (b"<html>%PDF-1.7 %%EOF", {}, Refused),
        (b"", {}, Refused),
        (b"%PDF-1.7 cut off", {}, Refused),
        (b"%PDF-1.7" + b"0" * 10_000_001 + b"%%EOF", {}, TooLarge),
        (PDF, {"signed_on": today() + timedelta(days=1)}, Unfit),
        (PDF, {"signed_on": date(2020, 1, 1)}, Unfit),
    ],
)
def test_what_is_no_signed_agreement_is_not_taken(
    partner: Partner, data: bytes, more: dict[str, object], error: type[PerronError]
) -> None:
    with pytest.raises(error):
        signing.upload(partner, CONTRACT, BytesIO(data), by=operator().actor,
                       **{"language": "fr", "signed_on": today(), "informs_staff": True} | more)  # type: ignore[arg-type]  # fmt: skip
    assert not Agreement.objects.exists()
    assert not default_storage.exists("agreements") or default_storage.listdir("agreements") == ([], [])


@pytest.mark.once
def test_a_full_disk_leaves_nothing_behind(partner: Partner, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "save", full)
    sign(partner, CONTRACT, administrator(partner), Side.PARTNER)
    with pytest.raises(NotStored):
        sign(partner, CONTRACT, operator(), Side.OPERATOR)
    assert Signature.objects.count() == 1
    assert not in_force(partner, CONTRACT)


def test_the_document_holds_text_and_signatures_and_is_the_same_each_time(partner: Partner) -> None:
    row = both_sign(partner, CONTRACT)
    data = keeping.read(row)
    assert data == as_pdf(row, list(row.signatures.all()))
    assert data
    assert b"/Lang (fr)" in data
    assert b"/Title (Conditions du traitement" in data


def _somebody(who: str, partner: Partner) -> Person:
    if who == "operator":
        return operator()
    if who == "partner":
        return administrator(partner)
    if who == "other partner":
        return administrator(making.partner("other", bound=False))
    if who == "editor of the operator":
        return making.person(role=Role.SUPPORT)
    made = making.person()
    if who == "editor of the partner":
        Member.objects.create(person=made, partner=partner, role=Role.DPO)
    return made

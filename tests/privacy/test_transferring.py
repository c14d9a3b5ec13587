"""A copy is sent where the person says, and nowhere else; what comes of it is written down."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import IO, Any

import pytest
from pytest_django.fixtures import Settings

from perron.accounts.models import Person
from perron.core.clock import now, travel
from perron.core.errors import Refused
from perron.core.posting import Answered
from perron.privacy import transferring
from perron.privacy.copies.tables import Transfer
from perron.privacy.evidence.tables import EvidenceDetail, EvidenceEntry
from perron.privacy.subjects import of_person
from tests import making

pytestmark = pytest.mark.django_db

ADDRESS = "https://elsewhere.example/take/secret-token"


@pytest.fixture
def anne() -> Person:
    return making.person("anne@example.org")


def _ask(person: Person, address: str = ADDRESS, token: str = "") -> Transfer:
    return transferring.send([of_person(person.pk)], address, token=token, language="fr", by=person.actor)


class Other:
    """The other side: answers as told, and remembers what it got."""

    def __init__(self, *answers: int | BaseException) -> None:
        self.answers = list(answers)
        self.got: list[tuple[str, bytes, Mapping[str, str]]] = []

    def post(self, address: str, body: IO[bytes], size: int, *, headers: Mapping[str, str], **_more: Any) -> Answered:
        self.got.append((address, body.read(size), headers))
        answer = self.answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return Answered(answer, b"")


@pytest.fixture
def other(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Other]:
    def make(*answers: int | BaseException) -> Other:
        made = Other(*answers)
        monkeypatch.setattr(transferring, "post", made.post)
        return made

    return make


def test_what_was_sent_where_is_written_down_and_the_address_forgotten(
    anne: Person, other: Callable[..., Other]
) -> None:
    there = other(201)
    transfer = _ask(anne, token="abc")
    assert transferring.send_due() == 1
    transfer.refresh_from_db()
    address, body, headers = there.got[0]
    assert (address, headers["Authorization"], headers["Content-Type"]) == (ADDRESS, "Bearer abc", "application/zip")
    assert b"data.json" in body
    assert (transfer.state, transfer.status, transfer.size, transfer.host) == (
        "sent", 201, len(body), "elsewhere.example",
    )  # fmt: skip
    assert (transfer.address, transfer.token) == ("", "")
    sent = EvidenceEntry.objects.get(deed="send_copy")
    about = EvidenceDetail.objects.get(sequence=sent.sequence).about
    assert "elsewhere.example" in about
    assert transfer.sha256 in about
    assert "secret-token" not in about
    assert transferring.send_due() == 0


def test_a_server_that_is_down_is_tried_again_later_and_later(anne: Person, other: Callable[..., Other]) -> None:
    there = other(ConnectionError("down"), 503, 200)
    transfer = _ask(anne)
    assert transferring.send_due() == 1
    assert transferring.send_due() == 0
    with travel(now() + timedelta(seconds=61)):
        assert transferring.send_due() == 1
    with travel(now() + timedelta(seconds=90)):
        assert transferring.send_due() == 0
    with travel(now() + timedelta(minutes=4)):
        assert transferring.send_due() == 1
    transfer.refresh_from_db()
    assert (transfer.state, transfer.attempts, len(there.got)) == ("sent", 3, 3)


def test_after_the_last_attempt_it_has_failed(anne: Person, other: Callable[..., Other]) -> None:
    other(*[503] * transferring.MOST_ATTEMPTS)
    transfer = _ask(anne)
    for hour in range(transferring.MOST_ATTEMPTS * 3):
        with travel(now() + timedelta(hours=hour)):
            transferring.send_due()
    transfer.refresh_from_db()
    assert (transfer.state, transfer.attempts, transfer.address) == ("failed", transferring.MOST_ATTEMPTS, "")
    assert transfer.problem


def test_a_worker_that_died_while_sending_is_followed_by_another(anne: Person, other: Callable[..., Other]) -> None:
    there = other(SystemExit(), 200)
    transfer = _ask(anne)
    with pytest.raises(SystemExit):
        transferring.send_due()
    assert transferring.send_due() == 0
    with travel(now() + timedelta(minutes=16)):
        transferring.send_due()
    transfer.refresh_from_db()
    assert (transfer.state, len(there.got)) == ("sent", 2)
    # Both attempts say that they are the same one.
    assert len({headers["Idempotency-Key"] for _, _, headers in there.got}) == 1


@pytest.mark.parametrize("status", [301, 400, 404, 410])
def test_what_is_not_taken_is_not_tried_again(anne: Person, other: Callable[..., Other], status: int) -> None:
    other(status)
    transfer = _ask(anne)
    transferring.send_due()
    transfer.refresh_from_db()
    assert (transfer.state, transfer.status) == ("failed", status)
    assert transfer.problem


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("http://elsewhere.example/", "https"),
        ("ftp://elsewhere.example/", "https"),
        ("https://anne:secret@elsewhere.example/", "without a user name"),
        ("https://elsewhere.example:8443/", "usual ports"),
        ("elsewhere.example", "https"),
        ("https://", "not an address"),
    ],
)
def test_an_address_that_cannot_be_sent_to_is_refused(anne: Person, address: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        _ask(anne, address)
    assert not Transfer.objects.exists()


def test_a_token_cannot_smuggle_headers(anne: Person) -> None:
    with pytest.raises(Refused, match="neither spaces"):
        _ask(anne, token="abc\r\nX-Other: 1")


@pytest.mark.parametrize("address", ["https://127.0.0.1/", "https://[::1]/", "https://169.254.169.254/latest/"])
def test_nothing_is_sent_into_a_private_network(anne: Person, address: str) -> None:
    transfer = _ask(anne, address)
    transferring.send_due()
    transfer.refresh_from_db()
    assert transfer.state == "failed"
    assert "réseau privé" in transfer.problem


def test_three_at_a_time(anne: Person, settings: Settings) -> None:
    for _ in range(3):
        _ask(anne)
    with pytest.raises(Refused, match="Three copies"):
        _ask(anne)

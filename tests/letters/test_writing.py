import pytest
from django.db import transaction

from perron.core.errors import Refused
from perron.letters.models import Letter
from perron.letters.writing import write
from perron.privacy.acting import SYSTEM
from perron.privacy.models import AuditEntry
from perron.privacy.subjects import of_address
from tests.letters.writing_letters import letter


@pytest.mark.django_db(transaction=True)
def test_a_letter_belongs_in_the_transaction_of_its_cause() -> None:
    whose = of_address("anne@example.org")
    with pytest.raises(transaction.TransactionManagementError, match="transaction of its cause"):
        write("hello", to="anne@example.org", subject=whose, language="en", context={}, by=SYSTEM)
    with transaction.atomic():
        write("hello", to="anne@example.org", subject=whose, language="en", context={}, by=SYSTEM)
        # The cause fails.
        transaction.set_rollback(True)
    assert not Letter.objects.exists()


@pytest.mark.django_db
def test_writing_leaves_a_trace_without_anybody_in_it() -> None:
    written = letter(context={"name": "Anne Lambert"})
    entry = AuditEntry.objects.get(verb="write letter")
    assert (entry.object_id, entry.detail) == (written.pk, {"kind": "hello"})


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    ["", "anne", "anne@", "@example.org", "anne@example", "anne@example..org", "a b@example.org", "anne@exa mple.org",
     "anne@example.org\nBcc: all@example.org", "anne@example.org, bert@example.org", "<anne@example.org>",
     "anne..lambert@example.org", "\"anne\"@example.org", "anne@[127.0.0.1]", "anne@127.0.0.1", "é@example.org",
     "a" * 65 + "@example.org", "a@" + "b." * 130 + "org", "anne@-example.org", "anne@xn--a.org\x00"],
)  # fmt: skip
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(Refused, match="Write an e-mail address"):
        letter(to=address, subject=of_address("anne@example.org"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "sent_to"),
    [(" Anne@Example.ORG ", "Anne@example.org"), ("anne@straße.example", "anne@xn--strae-oqa.example"),
     ("anne@bücher.example", "anne@xn--bcher-kva.example"), ("o'neil+perron@mail.example.org",) * 2,
     ("anne@XN--BCHER-KVA.example", "anne@xn--bcher-kva.example")],
)  # fmt: skip
def test_an_address_is_written_as_it_is_sent_to(address: str, sent_to: str) -> None:
    assert letter(to=address).to == sent_to


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong", [{"kind": "unheard-of"}, {"language": "es"}, {"thread": ["<a@b>\r\nBcc: x"]}, {"thread": ["none"]}]
)
def test_a_programmers_mistake_is_named(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"kind|language|written in|identifier"):
        letter(**wrong)

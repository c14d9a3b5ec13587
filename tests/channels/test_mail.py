"""What leaves: headers and parts."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perron.channels.email.mail import Mail, Sender
from perron.channels.email.mailing import OWN_PLACE, Mailing
from perron.core.errors import Refused
from perron.privacy.declaring import Activity
from perron.privacy.subjects import Subject

ANNE = Subject("person", UUID(int=1))


def mail(**more: Any) -> Mail:
    values: dict[str, Any] = {
        "to": "anne@example.org",
        "whose": ANNE,
        "activity": Activity.RIGHTS,
        "sender": Sender("Léa & Cie, S.A.", "letters@example.org"),
        "message_id": "<0192@app.example.org>",
        "date": datetime(2026, 11, 24, 9, 30, tzinfo=UTC),
        "heading": "Votre réponse",
        "text": "Bonjour Anne,\n\n.un point\nFrom here\n" + "é" * 300 + "\n",
        "html": "<p>Bonjour</p>",
        "language": "fr",
    }
    return Mail(**values | more)


def travelled(one: Mail) -> EmailMessage:
    """Return it as the other side reads it."""
    return message_from_bytes(one.message().as_bytes(), policy=policy.default)


def test_it_says_who_when_what_and_in_which_language() -> None:
    message = travelled(mail())
    assert str(message["From"]) == '"Léa & Cie, S.A." <letters@example.org>'
    assert message["Date"].datetime == datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    assert message["Message-ID"] == "<0192@app.example.org>"
    assert message["Subject"] == "Votre réponse"
    assert message["Content-Language"] == "fr"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["MIME-Version"] == "1.0"
    assert "Reply-To" not in message
    assert "In-Reply-To" not in message


def test_it_is_the_same_words_twice_and_the_page_comes_last() -> None:
    message = travelled(mail())
    assert message.get_content_type() == "multipart/alternative"
    text, html = message.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert text.get_content().replace("\r\n", "\n") == mail().text
    assert html.get_content().strip() == "<p>Bonjour</p>"


def test_what_a_person_wrote_is_not_called_automatic() -> None:
    assert "Auto-Submitted" not in travelled(mail(automatic=False))


def test_a_thread_stays_together() -> None:
    before = tuple(f"<{number:036d}@app.example.org>" for number in range(9))
    message = travelled(mail(references=before, reply_to="desk@example.org"))
    assert message["In-Reply-To"] == before[-1]
    assert tuple(message["References"].split()) == before
    assert str(message["Reply-To"]) == "desk@example.org"


def test_lines_are_short_enough_for_every_server() -> None:
    long = "<" + "x" * 150 + "@app.example.org>"
    content = mail(references=(long, long), heading="é" * 500, text="x" * 5000 + "\n").message().as_bytes()
    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert travelled(mail(references=(long, long)))["References"].split() == [long, long]


@pytest.mark.parametrize("field", ["to", "reply_to"])
@pytest.mark.parametrize(
    "value", ["a@example.org\r\nBcc: b@example.org", "a@example.org, b@example.org", "Anne <a@example.org>"]
)
def test_an_address_is_one_address(field: str, value: str) -> None:
    with pytest.raises(Refused):
        mail(**{field: value}).message()


@given(words=st.text(max_size=80))
def test_no_words_make_a_header_of_their_own(words: str) -> None:
    message = travelled(mail(heading=f"{words}\r\nBcc: x@example.org", sender=Sender(words, "letters@example.org")))
    expected = {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Language", "MIME-Version",
                "Content-Type"}  # fmt: skip
    assert set(message.keys()) == expected
    assert [str(address.addr_spec) for address in message["From"].addresses] == ["letters@example.org"]
    assert [str(address.addr_spec) for address in message["To"].addresses] == ["anne@example.org"]


@pytest.mark.parametrize("words", ["=?utf-8?q?a=0D=0ABcc=3A_x@example.org?=", "x=?UTF-8?B?4oCuZXZpbA==?="])
def test_what_looks_encoded_is_not_read_as_such(words: str) -> None:
    message = travelled(mail(heading=words, sender=Sender(words, "letters@example.org")))
    assert str(message["Subject"]) == words.replace("=?", "= ?", 1)
    assert message["From"].addresses[0].display_name == words.replace("=?", "= ?", 1)


def test_the_address_that_ends_a_list_is_left_as_it_is_and_spaces_stay_single() -> None:
    address = f"https://perron.example/fr/subscription/{'k' * 120}/stop/"
    heading = "Confirmez que vous voulez recevoir les nouvelles de la Ville de Liège et de la Province de Liège"
    one = mail(heading=heading, unsubscribe=address, list_id="liege.perron.example")
    source = one.message().as_bytes(policy=policy.SMTP)
    assert f"\r\nList-Unsubscribe: <{address}>\r\n".encode() in source
    read = message_from_bytes(source, policy=policy.default)
    assert read["Subject"] == heading
    assert read["List-Id"] == "<liege.perron.example>"
    lines = source.split(b"\r\n")
    assert max(len(line) for line in lines if b"=?utf-8?" in line) <= 76


@pytest.mark.parametrize("length", [1, *range(40, 55), 500])
def test_a_mail_made_once_for_many_says_what_one_made_for_its_reader_says(length: int) -> None:
    place = f"https://perron.example/{'k' * length}?a=b"
    words = f"Été = {OWN_PLACE}\n{OWN_PLACE}, fin \n"
    prepared = Mailing.of(mail(text=words, html=f"<p>{words}</p>")).to(
        "bart@example.org", ANNE, message_id="<1@example.org>", own_place=place, unsubscribe=f"{place}/stop/"
    )
    own = {"to": "bart@example.org", "message_id": "<1@example.org>", "unsubscribe": f"{place}/stop/"}
    said = words.replace(OWN_PLACE, place)
    alone = mail(text=said, html=f"<p>{said}</p>", **own)
    one, other = (message_from_bytes(each.source(), policy=policy.default) for each in (prepared, alone))
    assert dict(one.items()) | {"Content-Type": ""} == dict(other.items()) | {"Content-Type": ""}
    for sort in ("plain", "html"):
        bodies = [message.get_body((sort,)) for message in (one, other)]
        assert len({body.get_content() for body in bodies if body}) == 1
    assert max(len(line) for line in prepared.source().split(b"\r\n") if b"List-Unsubscribe" not in line) <= 76

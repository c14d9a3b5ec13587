from pathlib import Path

import pytest
from django.test import Client

from perron.accounts.models import Person
from perron.letters import outbox
from perron.letters.models import Letter
from perron.letters.posting import post_due
from perron.privacy.subjects import of_person
from tests import making
from tests.channels.mail_server import MailServer
from tests.letters.writing_letters import letter

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_outbox(settings: object, tmp_path: Path) -> None:
    settings.PERRON_HOME = tmp_path  # type: ignore[attr-defined]


@pytest.fixture
def desk() -> Client:
    client = Client()
    person = making.person(role="administrator")
    Person.objects.filter(pk=person.pk).update(language="en")
    client.force_login(person)
    return client


def reset_letter(to: str = "anne@example.org") -> Letter:
    whose = of_person(making.person(to).pk)
    return letter("password-reset", to=to, subject=whose, context={"link": "https://app.example.org/x?a=1&b=2"})


def test_the_local_outbox_is_read_as_page_text_and_source(desk: Client) -> None:
    reset_letter()
    waiting = desk.get("/desk/letters/").content.decode()
    assert "1 letter waits" in waiting
    post_due()
    listed = desk.get("/desk/letters/").content.decode()
    assert "No letter waits" in listed
    address = f"/desk/letters/outbox/{outbox.newest()[0].name}/"
    assert address in listed
    assert "anne@example.org" in listed
    shown = desk.get(address).content.decode()
    assert f'sandbox src="{address}page/"' in shown
    assert 'href="https://app.example.org/x?a=1&amp;b=2"' in shown
    framed = desk.get(f"{address}page/")
    assert "Choose a new password" in framed.content.decode()
    assert "sandbox" in framed["Content-Security-Policy"]
    assert "default-src 'none'" in framed["Content-Security-Policy"]
    assert framed["X-Frame-Options"] == "SAMEORIGIN"
    source = desk.get(f"{address}source/")
    assert source["Content-Type"] == "text/plain; charset=utf-8"
    assert "Message-ID: <" in source.content.decode()


def test_what_could_not_be_sent_says_why_and_goes_again(desk: Client, settings: object) -> None:
    with MailServer(answers={"RCPT": lambda _: "550 5.1.1 unknown"}) as server:
        settings.PERRON_MAIL = server.server  # type: ignore[attr-defined]
        lost = reset_letter()
        post_due()
        listed = desk.get("/desk/letters/").content.decode()
        assert "refused it for good (550 5.1.1)" in listed
        assert "Local outbox" not in listed
        server.answers.clear()
        assert desk.post(f"/desk/letters/{lost.pk}/again/", follow=True).status_code == 200
        assert post_due() == 1
        assert desk.post(f"/desk/letters/{lost.pk}/again/").status_code == 409


def test_what_has_no_address_any_more_is_not_sent_again(desk: Client, settings: object) -> None:
    with MailServer(answers={"RCPT": lambda _: "550 5.1.1 unknown"}) as server:
        settings.PERRON_MAIL = server.server  # type: ignore[attr-defined]
        lost = letter("news-stopped", to="anne@example.org", context={})
        post_due()
    listed = desk.get("/desk/letters/").content.decode()
    assert "address forgotten" in listed
    assert f"/desk/letters/{lost.pk}/again/" not in listed
    assert desk.post(f"/desk/letters/{lost.pk}/again/").status_code == 409
    assert not Letter.objects.waiting().exists()


@pytest.mark.parametrize("path", ["", "outbox/{name}/", "outbox/{name}/page/", "outbox/{name}/source/"])
def test_only_the_operator_reads_them(path: str) -> None:
    reset_letter()
    post_due()
    address = "/desk/letters/" + path.format(name=outbox.newest()[0].name)
    stranger = Client()
    assert stranger.get(address).status_code == 302
    stranger.force_login(making.person(role="editor", at=making.community()))
    assert stranger.get(address).status_code == 403
    operator = Client()
    operator.force_login(making.person(role="administrator"))
    assert operator.get(address).status_code == 200


@pytest.mark.parametrize("name", ["nothing.eml", "..%2f..%2fsecret_key", "%00"])
def test_there_is_nothing_else_to_read(desk: Client, name: str) -> None:
    assert desk.get(f"/desk/letters/outbox/{name}/source/").status_code == 404

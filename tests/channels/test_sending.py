"""The way out: encrypted or not at all, and the only one there is."""

import smtplib
import ssl
from contextlib import suppress
from uuid import UUID

import pytest
from django.conf import settings as program_settings
from django.core.mail import EmailMessage
from django.utils.module_loading import import_string
from pytest_django.fixtures import Settings

from perron.channels.email import smtp
from perron.channels.email.refusing import Refusing
from perron.channels.email.sending import Post, is_local, send
from perron.channels.email.server import Server
from perron.channels.email.transport import NotSent, Unreachable
from perron.privacy.clearing import Clearance, clear
from perron.privacy.declaring import Activity
from perron.privacy.subjects import Subject
from tests.channels.mail_server import MailServer
from tests.channels.test_mail import mail

pytestmark = pytest.mark.django_db


def clearance() -> Clearance:
    return clear(Subject("person", UUID(int=1)), Activity.RIGHTS)


def test_a_server_that_does_not_encrypt_gets_neither_password_nor_mail(settings: Settings) -> None:
    with MailServer() as server:
        settings.PERRON_MAIL = Server("127.0.0.1", server.server.port, "starttls", "anne", "secret")
        with pytest.raises(Unreachable, match="SMTPNotSupportedError"):
            send(mail(), clearance())
    assert not [line for line in server.lines if line.startswith(("AUTH", "MAIL", "RCPT"))]


def test_the_servers_certificate_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[ssl.SSLContext] = []

    def connect(*_: object, context: ssl.SSLContext, **__: object) -> None:
        asked.append(context)
        raise OSError("no network")

    monkeypatch.setattr(smtplib, "SMTP_SSL", connect)
    with pytest.raises(Unreachable):
        smtp.SmtpTransport(Server("mail.example.org", 465, "implicit"), name="app.example.org").deliver(mail())
    assert (asked[0].verify_mode, asked[0].check_hostname) == (ssl.CERT_REQUIRED, True)


def test_a_password_that_is_refused_is_the_installations_business(settings: Settings) -> None:
    with MailServer(answers={"EHLO": lambda _: "250-test\r\n250 AUTH PLAIN", "AUTH": lambda _: "535 no"}) as server:
        settings.PERRON_MAIL = Server("127.0.0.1", server.server.port, "none", "anne", "wrong")
        with pytest.raises(Unreachable, match="SMTPAuthenticationError"):
            send(mail(), clearance())


def test_a_refusal_repeats_nothing_of_what_the_server_says(settings: Settings) -> None:
    with MailServer(answers={"RCPT": lambda _: "550 5.7.1 anne@example.org is unknown"}) as server:
        settings.PERRON_MAIL = server.server
        with pytest.raises(NotSent) as refusal:
            send(mail(), clearance())
    assert (str(refusal.value), refusal.value.permanent) == ("550 5.7.1", True)


def test_what_is_said_at_once_is_answered_one_by_one(settings: Settings) -> None:
    """RFC 2920: a refusal in the middle of a group leaves the connection good for the next mail; a server that wants
    the content of what it refused gets none."""
    refused = {"RCPT": lambda line: "550 5.1.1 no" if "nobody" in line else ""}
    with MailServer(answers=refused) as server:
        settings.PERRON_MAIL = server.server
        with Post() as post:
            for to in ("anne@example.org", "nobody@example.org", "anne@example.org"):
                with suppress(NotSent):
                    post.send(mail(to=to), clearance())
            assert (len(server.taken), server.connections) == (2, 1)
            server.answers["DATA"] = lambda _: "354 go on"
            with pytest.raises(NotSent, match=r"550 5\.1\.1"):
                post.send(mail(to="nobody@example.org"), clearance())
            del server.answers["DATA"]
            post.send(mail(), clearance())
    assert (len(server.taken), server.connections) == (3, 2)


def test_a_server_that_wants_one_thing_after_the_other_gets_it_so(settings: Settings) -> None:
    with MailServer(answers={"EHLO": lambda _: "250 test"}) as server:
        settings.PERRON_MAIL = server.server
        send(mail(text="Hello.\n.\n..\n"), clearance())
    assert [line[:4].upper() for line in server.lines] == ["EHLO", "MAIL", "RCPT", "DATA", "QUIT"]
    text, _html = server.messages()[0].iter_parts()
    assert text.get_content().replace("\r\n", "\n") == "Hello.\n.\n..\n"


def test_djangos_own_mailer_refuses() -> None:
    backend = import_string("perron.channels.email.refusing.Refusing")
    assert backend is Refusing
    with pytest.raises(RuntimeError, match=r"letters\.writing\.write"):
        Refusing(alias="default").send_messages([EmailMessage("Subject", "Words", to=["anne@example.org"])])


def test_without_a_mail_server_mail_stays() -> None:
    assert program_settings.PERRON_MAIL is None
    assert is_local()

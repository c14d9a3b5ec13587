"""E-mails per second of this process's time: deliveries as the worker sends them, ledger included, against one
`send_mail` for each message. A mail server on loopback takes them in a process of its own; nothing is signed, and then
the same is sent once more, signed.

With one sender and one server that answers at once, the time that passes says the same on an idle machine.
"""

import os
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import process_time

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.mail import EmailMultiAlternatives  # noqa: E402
from tests import making  # noqa: E402
from tests.delivery.town import reader  # noqa: E402

from bench.rows import Row, compared  # noqa: E402
from perron.channels.email import dkim_keys  # noqa: E402
from perron.channels.email.server import Server  # noqa: E402
from perron.core.clock import travel  # noqa: E402
from perron.delivery import dispatching, releases, sending  # noqa: E402
from perron.delivery.carriers.mail import Mail  # noqa: E402
from perron.delivery.models import Delivery, Dispatch  # noqa: E402
from perron.delivery.writing import written  # noqa: E402
from perron.letters.sender import sender  # noqa: E402
from perron.project.preparing import prepare_database  # noqa: E402

ON_POSTGRESQL = True
_READERS = 3_000
_ONE_BY_ONE = 600
_SERVER = """
import asyncio, sys
async def talk(reader, writer):
    def say(line): writer.write(line + b"\\r\\n")
    say(b"220 sink")
    while line := await reader.readline():
        verb = line[:4].upper()
        if verb == b"DATA":
            say(b"354 go on")
            await reader.readuntil(b"\\r\\n.\\r\\n")
            await asyncio.sleep(float(sys.argv[1]))
        # As the mail servers of these days do (RFC 2920).
        say({b"QUIT": b"221 bye", b"EHLO": b"250-sink\\r\\n250 PIPELINING"}.get(verb, b"250 good"))
        if verb == b"QUIT":
            break
    writer.close()
async def main():
    server = await asyncio.start_server(talk, "127.0.0.1", 0, limit=2**24)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())
"""


def rows() -> list[Row]:
    """Return how many a second, both ways, of the same words."""
    prepare_database()
    community = making.community(names={"fr": "Ville d’Exemple"})
    making.platform(community)
    for number in range(_READERS):
        reader(community, f"reader{number}@example.org")
    making.released(at=community)
    with mail_server() as port:
        settings.PERRON_MAIL = Server("127.0.0.1", port, "none")
        releases.dispatch_releases()
        while not Dispatch.objects.get().expanded_at:
            dispatching.expand()
        value = _READERS / _deliver()
        reference = _ONE_BY_ONE / _one_by_one(port)
        signed = _READERS / _deliver_signed()
    name = f"e-mails sent per second and core, ledger included, {_engine()}"
    return [
        compared(name, value, "mails/s", reference=reference, ratio=value / reference, least=4),
        _reported("the same, each signed twice (RSA and Ed25519), against unsigned", signed, value),
    ]


def _reported(name: str, value: float, reference: float) -> Row:
    ratio = round(value / reference, 3)
    return Row(name=name, value=round(value), unit="mails/s", reference=round(reference), ratio=ratio,
               target="reported", met=True)  # fmt: skip


def _deliver_signed() -> float:
    """Send all of it once more, signed."""
    domain = sender().address.rpartition("@")[2]
    dkim_keys.make(domain)
    dkim_keys.start(domain)
    Delivery.stored.update(
        state=Delivery.State.WAITING, ended_at=None, tries=0, due_at=Dispatch.objects.get().not_before
    )
    return _deliver()


def _deliver() -> float:
    with travel(Dispatch.objects.get().not_before):
        begin = process_time()
        assert sending.send_due(Mail(), limit=_READERS) == _READERS
        taken = process_time() - begin
    assert not Delivery.stored.filter(state=Delivery.State.WAITING).exists()
    return taken


def _one_by_one(port: int) -> float:
    mail = written(Dispatch.objects.select_related("release").get(), "fr")[0]
    begin = process_time()
    for number in range(_ONE_BY_ONE):
        message = EmailMultiAlternatives(mail.heading, mail.text, str(mail.sender), [f"reader{number}@example.org"])
        message.attach_alternative(mail.html, "text/html")
        # As `send_mail` does it: a connection for each.
        with smtplib.SMTP("127.0.0.1", port) as connection:
            connection.sendmail(mail.sender.address, message.to, message.message().as_bytes())
    return process_time() - begin


@contextmanager
def mail_server(*, takes: float = 0.0) -> Iterator[int]:
    """Yield the port of a server that takes any mail, `takes` seconds after it came."""
    server = subprocess.Popen([sys.executable, "-c", _SERVER, str(takes)], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout
        yield int(server.stdout.readline())
    finally:
        server.kill()
        server.wait()


def _engine() -> str:
    return "PostgreSQL" if os.environ.get("PERRON_DATABASE") else "SQLite"

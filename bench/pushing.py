"""Push messages per second of this process's time: deliveries as the worker sends them, ledger included, against
pywebpush, one by one, with nothing noted. A push service on loopback takes them in a process of its own, without TLS.

Encrypting and signing alone are compared with the same primitives of `cryptography` in a bare loop: a new key pair, the
shared secret, five HMACs, AES-128-GCM for each message; one signature for all of them, since they go to one service.
"""

import hmac
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from time import process_time

import django

django.setup()

from cryptography.hazmat.primitives.asymmetric import ec  # noqa: E402
from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: E402
from cryptography.hazmat.primitives.hashes import SHA256  # noqa: E402
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat  # noqa: E402
from django.conf import settings  # noqa: E402
from py_vapid import Vapid02  # type: ignore[import-untyped] # noqa: E402
from pywebpush import webpush  # type: ignore[import-untyped] # noqa: E402
from tests import making  # noqa: E402
from tests.channels.push_service import Browser  # noqa: E402
from tests.delivery.town import device  # noqa: E402

from bench.rows import Row, compared  # noqa: E402
from perron.channels.web_push.encryption import encrypt  # noqa: E402
from perron.channels.web_push.identifying import authorization  # noqa: E402
from perron.core.clock import travel  # noqa: E402
from perron.delivery import dispatching, releases, sending  # noqa: E402
from perron.delivery.carriers.push import WebPush  # noqa: E402
from perron.delivery.models import Delivery, Dispatch  # noqa: E402
from perron.delivery.notifying import written  # noqa: E402
from perron.project.preparing import prepare_database  # noqa: E402

ON_POSTGRESQL = True
_READERS = 4_000
_ONE_BY_ONE = 400
_LOOP = 2_000
_ROUNDS = 5
_SERVICE = """
import asyncio
async def talk(reader, writer):
    try:
        while True:
            head = await reader.readuntil(b"\\r\\n\\r\\n")
            length = int(head.lower().split(b"content-length: ")[1].split(b"\\r\\n")[0])
            await reader.readexactly(length)
            writer.write(b"HTTP/1.1 201 Created\\r\\nContent-Length: 0\\r\\nLocation: https://push.example/m/1\\r\\n\\r\\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()
async def main():
    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())
"""


def rows() -> list[Row]:
    """Return how many a second, both ways, of the same words."""
    prepare_database()
    settings.PERRON_PUSH_NETWORKS = ["127.0.0.0/8"]
    community = making.community(names={"fr": "Ville d’Exemple"})
    making.platform(community)
    browser = Browser()
    with push_service() as origin:
        for number in range(_READERS):
            device(community, f"{origin}/push/{number}", browser)
        making.released(at=community)
        value = _READERS / _deliver()
        text = written(Dispatch.objects.select_related("release").get(), "fr")
        reference = _ONE_BY_ONE / _one_by_one(origin, browser, text)
    ours, bare = _alone(browser, text)
    name = f"push messages sent per second and core, ledger included, {engine()}"
    alone = "push messages encrypted and signed per second and core, against the bare primitives"
    return [
        compared(name, value, "messages/s", reference=reference, ratio=value / reference, least=5),
        compared(alone, ours, "messages/s", reference=bare, ratio=ours / bare, least=0.7),
    ]


def _deliver() -> float:
    releases.dispatch_releases()
    while not Dispatch.objects.get().expanded_at:
        dispatching.expand()
    with travel(Dispatch.objects.get().not_before):
        begin = process_time()
        assert sending.send_due(WebPush(), limit=_READERS) == _READERS
        taken = process_time() - begin
    assert not Delivery.stored.filter(state=Delivery.State.WAITING).exists()
    return taken


def _one_by_one(origin: str, browser: Browser, text: bytes) -> float:
    key = Vapid02()
    key.generate_keys()
    begin = process_time()
    for number in range(_ONE_BY_ONE):
        said = {"endpoint": f"{origin}/push/{number}", "keys": browser.keys()}
        webpush(said, text, vapid_private_key=key, vapid_claims={"sub": "mailto:info@perron.example"}, ttl=60)
    return process_time() - begin


def _alone(browser: Browser, text: bytes) -> tuple[float, float]:
    """Return how many a second: by ours, and by the primitives alone. Rounds take turns, medians count."""
    p256dh, auth = browser.p256dh, browser.auth

    def ours() -> None:
        authorization(f"https://{secrets.token_hex(4)}.example")
        for _ in range(_LOOP):
            encrypt(text, p256dh, auth)

    def bare() -> None:
        curve, ecdh, key = ec.SECP256R1(), ec.ECDH(), secrets.token_bytes(32)
        ec.generate_private_key(curve).sign(text, ec.ECDSA(SHA256()))
        for _ in range(_LOOP):
            own = ec.generate_private_key(curve)
            own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
            own.exchange(ecdh, ec.EllipticCurvePublicKey.from_encoded_point(curve, p256dh))
            for _derived in range(5):
                hmac.digest(key, key, "sha256")
            AESGCM(key[:16]).encrypt(key[:12], text, None)

    found = [(_seconds(ours), _seconds(bare)) for _ in range(_ROUNDS)]
    mine, theirs = zip(*found, strict=True)
    return _LOOP / median(mine), _LOOP / median(theirs)


def _seconds(work: Callable[[], None]) -> float:
    begin = process_time()
    work()
    return process_time() - begin


@contextmanager
def push_service() -> Iterator[str]:
    """Yield the origin of a push service that takes everything."""
    service = subprocess.Popen([sys.executable, "-c", _SERVICE], stdout=subprocess.PIPE, text=True)
    try:
        assert service.stdout
        yield f"http://127.0.0.1:{int(service.stdout.readline())}"
    finally:
        service.kill()
        service.wait()


def engine() -> str:
    """Return the name of the database."""
    return "PostgreSQL" if os.environ.get("PERRON_DATABASE") else "SQLite"

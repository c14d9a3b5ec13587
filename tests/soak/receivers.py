"""Who gets the messages: a push service and a mail server on loopback, each a process of its own that writes down every
receipt before it answers, so that nothing that is killed takes one along.

All lines come into one file, in the order in which they came: `push TARGET TOPIC`, `mail ADDRESS MESSAGE-ID`, and what
others append.
"""

import asyncio
import os
import random
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# Seconds until an answer, at most: there is something in flight whenever a kill comes.
_SLOW = 0.02
_CREATED = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"
_LENGTH = re.compile(rb"(?i)content-length: (\d+)")
_TOPIC = re.compile(rb"(?i)topic: (\S+)")
_MESSAGE_ID = re.compile(rb"(?im)^message-id: (\S+)")


@dataclass
class Receipts:
    """The file: `add` appends a line, `lines` has them all, `seen` says how many there are and reads none twice."""

    file: Path
    _seen: int = 0
    _at: int = 0

    def add(self, line: str) -> None:
        appending(self.file)(line)

    def lines(self) -> list[str]:
        return self.file.read_text().splitlines()

    def seen(self) -> int:
        with self.file.open("rb") as file:
            file.seek(self._at)
            new = file.read()
        self._seen, self._at = self._seen + new.count(b"\n"), self._at + len(new)
        return self._seen


def appending(file: Path) -> Callable[[str], None]:
    """Return what appends a line, whole among those of other processes."""
    opened = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def append(line: str) -> None:
        os.write(opened, f"{line}\n".encode())

    return append


@contextmanager
def receiving(kind: str, receipts: Receipts) -> Iterator[int]:
    """Yield the port of a server of a kind: "push" or "mail"."""
    command = [sys.executable, "-m", "tests.soak.receivers", kind, str(receipts.file)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout
        yield int(server.stdout.readline())
    finally:
        server.kill()
        server.wait()


async def _push(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, note: Callable[[str], None]) -> None:
    while True:
        head = await reader.readuntil(b"\r\n\r\n")
        length, topic = _LENGTH.search(head), _TOPIC.search(head)
        assert length
        assert topic
        await reader.readexactly(int(length[1]))
        note(f"push {head.split()[1].decode()} {topic[1].decode()}")
        await asyncio.sleep(random.uniform(0, _SLOW))
        writer.write(_CREATED)


async def _mail(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, note: Callable[[str], None]) -> None:
    writer.write(b"220 test.example\r\n")
    to = ""
    while line := await reader.readline():
        verb = line[:4].upper()
        if verb == b"RCPT":
            to = line.decode().partition("<")[2].partition(">")[0]
        if verb == b"DATA":
            writer.write(b"354 go on\r\n")
            message = _MESSAGE_ID.search(await reader.readuntil(b"\r\n.\r\n"))
            assert message
            note(f"mail {to} {message[1].decode()}")
            await asyncio.sleep(random.uniform(0, _SLOW / 20))
        writer.write(b"221 goodbye\r\n" if verb == b"QUIT" else b"250 good\r\n")


async def _serve(kind: str, file: Path) -> None:
    note, talk = appending(file), {"push": _push, "mail": _mail}[kind]

    async def until_they_hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer, note)
        except (asyncio.IncompleteReadError, ConnectionError):
            # Whoever was killed says no goodbye.
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(until_they_hang_up, "127.0.0.1", 0, limit=2**24, backlog=1_000)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1], Path(sys.argv[2])))

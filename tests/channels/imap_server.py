"""An IMAP server on loopback with one mailbox: as much of RFC 9051 as reading and removing takes."""

import re
import socketserver
import threading
from collections.abc import Callable
from typing import Self

from perron.channels.email.returns import Returns


class ImapServer:
    """Use as a context manager. The user is `b` with the password `secret`."""

    def __init__(self, contents: list[bytes]) -> None:
        self.mails = dict(enumerate(contents, 1))
        self.flags: dict[int, set[str]] = {number: set() for number in self.mails}

    def __enter__(self) -> Self:
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self.wfile.write(b"* OK ready\r\n")
                while line := self.rfile.readline().decode().strip():
                    tag, _, command = line.partition(" ")
                    lines, said = outer._answer(command)
                    self.wfile.write(b"".join(b"* " + each + b"\r\n" for each in lines) + f"{tag} {said}\r\n".encode())
                    if command.upper() == "LOGOUT":
                        return

        class Listening(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

        self._server = Listening(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def returns(self) -> Returns:
        return Returns("b@example.org", "imap", "Returned", "127.0.0.1", self.port, False, "b", "secret")

    def left(self) -> dict[int, set[str]]:
        return {number: self.flags[number] for number in self.mails}

    def _answer(self, command: str) -> tuple[list[bytes], str]:
        for pattern, rule in _RULES.items():
            if found := re.fullmatch(pattern, command, re.IGNORECASE):
                lines = rule(self, *found.groups())
                return (lines, "OK done") if lines is not None else ([], "NO")
        return [], "BAD unknown"

    def _fetch(self, number: str) -> list[bytes]:
        content = self.mails[int(number)]
        return [f"{number} FETCH (UID {number} BODY[]<0> {{{len(content)}}}\r\n".encode() + content + b")"]

    def _store(self, number: str, flag: str) -> list[bytes]:
        self.flags[int(number)].add(flag)
        return []

    def _unseen(self) -> list[bytes]:
        return [" ".join(["SEARCH", *(str(number) for number in self.mails if not self.flags[number])]).encode()]

    def _expunge(self) -> list[bytes]:
        gone = [number for number in self.mails if r"\Deleted" in self.flags[number]]
        for number in gone:
            del self.mails[number]
        return [b"%d EXPUNGE" % number for number in gone]


_RULES: dict[str, Callable[..., list[bytes] | None]] = {
    "CAPABILITY": lambda _server: [b"CAPABILITY IMAP4rev1"],
    'LOGIN .* "(.*)"': lambda _server, password: [] if password == "secret" else None,
    'SELECT "(.*)"': lambda server, name: [b"%d EXISTS" % len(server.mails)] if name == "Returned" else None,
    "UID SEARCH UNSEEN": ImapServer._unseen,
    r"UID FETCH (\d+) \(BODY\.PEEK\[\]<0\.\d+>\)": ImapServer._fetch,
    r"UID STORE (\d+) \+FLAGS\.SILENT \((.+)\)": ImapServer._store,
    "EXPUNGE": ImapServer._expunge,
    "LOGOUT": lambda _server: [],
}

"""A mail server on loopback that keeps what it gets, and answers as it is told."""

import socketserver
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Self

from perron.channels.email.server import Server


@dataclass
class Dialogue:
    """What one connection has said so far."""

    is_begun: bool = False
    recipient: str = ""


@dataclass
class MailServer:
    """Use as a context manager. `answers` maps a verb ("RCPT", "DATA.") to a function of its line; "" accepts.

    "CLOSE" as an answer ends the connection without a word, 421 ends it with one.
    """

    answers: dict[str, Callable[[str], str]] = field(default_factory=dict)
    taken: list[tuple[str, EmailMessage]] = field(default_factory=list)
    connections: int = 0
    lines: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                outer.connections += 1
                outer._talk(self)

        class Listening(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

            def handle_error(self, request: object, client_address: object) -> None:
                """Killed programs break off in the middle; that is what they are for."""

        self._server = Listening(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def server(self) -> Server:
        return Server("127.0.0.1", self._server.server_address[1], "none")

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server.port}?tls=none"

    def messages(self) -> list[EmailMessage]:
        return [message for _recipient, message in self.taken]

    def _talk(self, handler: socketserver.StreamRequestHandler) -> None:
        def say(line: str) -> None:
            handler.wfile.write(line.encode() + b"\r\n")

        said = Dialogue()
        say("220 test.example")
        while line := handler.rfile.readline().decode().strip():
            self.lines.append(line)
            verb = line[:4].upper()
            answer = self.answers[verb](line) if verb in self.answers else ""
            if verb == "MAIL":
                said.is_begun, said.recipient = not answer, ""
            if answer and self._is_last(answer, say):
                return
            if answer:
                continue
            say(_usual(verb, line, said))
            if verb == "QUIT" or (verb == "DATA" and said.recipient and not self._take(handler, said, say)):
                return

    def _is_last(self, answer: str, say: Callable[[str], None]) -> bool:
        if answer != "CLOSE":
            say(answer)
        return answer.startswith(("CLOSE", "421"))

    def _take(self, handler: socketserver.StreamRequestHandler, said: Dialogue, say: Callable[[str], None]) -> bool:
        content = b""
        while (line := handler.rfile.readline()) != b".\r\n":
            if not line:
                return False
            content += line.removeprefix(b".") if line.startswith(b"..") else line
        answer = self.answers["DATA."](said.recipient) if "DATA." in self.answers else ""
        if answer and not answer.startswith("2"):
            say(answer)
            return True
        self.taken.append((said.recipient, message_from_bytes(content, policy=policy.default)))
        if answer == "250 CLOSE":
            return False
        say(answer or "250 taken")
        return True


def _usual(verb: str, line: str, said: Dialogue) -> str:
    """Return what a server says that takes everything, one thing after the other."""
    if (verb == "RCPT" and not said.is_begun) or (verb == "DATA" and not said.recipient):
        return "503 first what comes before"
    if verb == "RCPT":
        said.recipient = line.partition("<")[2].partition(">")[0]
    usual = {"EHLO": "250-test.example\r\n250-PIPELINING\r\n250 8BITMIME", "DATA": "354 go on", "QUIT": "221 goodbye"}
    return usual.get(verb, "250 good")

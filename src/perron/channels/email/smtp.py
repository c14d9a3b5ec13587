"""Submission to a mail server (RFC 5321, RFC 6409, RFC 8314): one connection for many mails, certificates checked."""

import re
import smtplib
import socket
import ssl

from perron.channels.email.return_path import return_path
from perron.channels.email.server import Server
from perron.channels.email.signing import travelling
from perron.channels.email.transport import NotSent, Outgoing, Unreachable
from perron.core.mail_addresses import mail_address

# For each answer of the server, in seconds.
_PATIENCE = 20.0
_CLOSING, _GO_ON = 421, 354
# RFC 3463, before the words of the answer.
_ENHANCED = re.compile(rb"[245]\.\d{1,3}\.\d{1,3}(?=\s|$)")


class SmtpTransport:
    """A mail server that takes our mails."""

    def __init__(self, server: Server, *, name: str) -> None:
        """`name` is the host name that we greet with."""
        self._server = server
        self._name = name
        self._connection: smtplib.SMTP | None = None

    def deliver(self, mail: Outgoing) -> None:
        """Hand a mail over; the server has it when this returns. Raises `NotSent`, `Unreachable`."""
        content = _dotted(travelling(mail))
        try:
            envelope, answer = self._begin(return_path(mail), mail_address(mail.to))
            try:
                # The sender is our own setting: that it is refused says nothing about the letter.
                _expect(answer, permanent_from=None)
                _expect(envelope.answer(), permanent_from=500)
                _expect(envelope.answer(), permanent_from=500, wanted=range(_GO_ON, _GO_ON + 1))
                _expect(envelope.content(content), permanent_from=500)
            except NotSent:
                self._reset(envelope)
                raise
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            # It may have arrived or not: the other side never said.
            raise NotSent("connection lost", permanent=False) from error

    def close(self) -> None:
        """Take leave of the server, if it still listens."""
        if self._connection is not None:
            try:
                self._connection.quit()
            except (smtplib.SMTPException, OSError):
                self._connection.close()
            self._connection = None

    def _begin(self, sender: str, to: str) -> tuple["_Envelope", tuple[int, bytes]]:
        """Begin a mail, and return it with the first answer; a kept connection that has died meanwhile is replaced."""
        if self._connection is not None:
            try:
                envelope = _Envelope(self._connection, sender, to)
                answer = envelope.answer()
            except (smtplib.SMTPException, OSError):
                answer = (_CLOSING, b"")
            if answer[0] != _CLOSING:
                return envelope, answer
            self.close()
        self._connection = self._connect()
        envelope = _Envelope(self._connection, sender, to)
        return envelope, envelope.answer()

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        try:
            connection = self._greet()
        except (smtplib.SMTPException, OSError) as error:
            raise Unreachable(type(error).__name__) from error
        assert connection.sock
        # The end of a mail must not wait for the receipt of its beginning.
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            if server.tls == "starttls":
                connection.starttls(context=ssl.create_default_context())
            # Once more where it is encrypted now: what a server offers before counts for nothing (RFC 3207 §4.2).
            connection.ehlo_or_helo_if_needed()
            if server.user:
                connection.login(server.user, server.password)
        except (smtplib.SMTPException, OSError) as error:
            connection.close()
            raise Unreachable(type(error).__name__) from error
        return connection

    def _greet(self) -> smtplib.SMTP:
        server = self._server
        if server.tls == "implicit":
            return smtplib.SMTP_SSL(server.host, server.port, self._name, timeout=_PATIENCE,
                                    context=ssl.create_default_context())  # fmt: skip
        return smtplib.SMTP(server.host, server.port, self._name, timeout=_PATIENCE)

    def _reset(self, envelope: "_Envelope") -> None:
        try:
            envelope.drop()
        except (smtplib.SMTPException, OSError):
            self.close()


class _Envelope:
    """From whom and to whom a mail goes, and that its content follows: said at once where the server takes it so
    (RFC 2920), which saves two of four waits; else one after the other."""

    def __init__(self, connection: smtplib.SMTP, sender: str, to: str) -> None:
        self._connection = connection
        self._commands = [f"MAIL FROM:<{sender}>", f"RCPT TO:<{to}>", "DATA"]
        self._at_once = connection.has_extn("pipelining")
        if self._at_once:
            connection.send("".join(f"{command}\r\n" for command in self._commands))

    def answer(self) -> tuple[int, bytes]:
        """Return what the server says to the next of the three."""
        command = self._commands.pop(0)
        return self._connection.getreply() if self._at_once else self._connection.docmd(command)

    def content(self, dotted: bytes) -> tuple[int, bytes]:
        """Send the content, and return what the server says to it."""
        self._connection.send(dotted)
        return self._connection.getreply()

    def drop(self) -> None:
        """Begin no mail after all, so that the connection is good for the next. Raises where it is not."""
        while self._at_once and self._commands:
            if self.answer()[0] == _GO_ON:
                # It wants the content, though it refused what came before: whatever came now, it might deliver.
                self._connection.close()
        self._connection.rset()


def _dotted(content: bytes) -> bytes:
    """Return a content as it travels, so that no line of it is the one that ends it (RFC 5321 §4.5.2)."""
    dotted = (b"." if content.startswith(b".") else b"") + content.replace(b"\n.", b"\n..")
    return dotted + (b".\r\n" if content.endswith(b"\r\n") else b"\r\n.\r\n")


def _expect(answer: tuple[int, bytes], *, permanent_from: int | None, wanted: range = range(200, 300)) -> None:
    """Raise `NotSent` for another answer, with its codes and nothing of its words: they may repeat the address."""
    code, words = answer
    if code not in wanted:
        said = _ENHANCED.match(words)
        reason = f"{code} {said[0].decode()}" if said else str(code)
        raise NotSent(reason, permanent=permanent_from is not None and code >= permanent_from)

"""Submission to a mail server (RFC 5321, RFC 6409, RFC 8314): one connection for many mails, certificates checked."""

import re
import smtplib
import ssl

from perron.channels.email.return_path import return_path
from perron.channels.email.server import Server
from perron.channels.email.signing import travelling
from perron.channels.email.transport import NotSent, Outgoing, Unreachable

# For each answer of the server, in seconds.
_PATIENCE = 20.0
_CLOSING = 421
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
        content = travelling(mail)
        try:
            connection = self._begin(return_path(mail))
            _expect(connection.rcpt(mail.to), permanent_from=500)
            _expect(connection.data(content), permanent_from=500)
        except NotSent:
            self._reset()
            raise
        except smtplib.SMTPDataError as error:
            self._reset()
            raise _not_sent(error.smtp_code, error.smtp_error, permanent_from=500) from error
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

    def _begin(self, sender: str) -> smtplib.SMTP:
        """Return a connection on which a mail is begun; a kept one that has died meanwhile is replaced."""
        if self._connection is not None:
            try:
                answer = self._connection.mail(sender)
            except (smtplib.SMTPException, OSError):
                answer = (_CLOSING, b"")
            if answer[0] != _CLOSING:
                # The sender is our own setting: that it is refused says nothing about the letter.
                _expect(answer, permanent_from=None)
                return self._connection
            self.close()
        self._connection = self._connect()
        _expect(self._connection.mail(sender), permanent_from=None)
        return self._connection

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        try:
            connection = self._greet()
        except (smtplib.SMTPException, OSError) as error:
            raise Unreachable(type(error).__name__) from error
        try:
            if server.tls == "starttls":
                connection.starttls(context=ssl.create_default_context())
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
        connection = smtplib.SMTP(server.host, server.port, self._name, timeout=_PATIENCE)
        connection.ehlo_or_helo_if_needed()
        return connection

    def _reset(self) -> None:
        try:
            if self._connection is not None:
                self._connection.rset()
        except (smtplib.SMTPException, OSError):
            self.close()


def _expect(answer: tuple[int, bytes], *, permanent_from: int | None) -> None:
    code, words = answer
    if not 200 <= code < 300:
        raise _not_sent(code, words, permanent_from=permanent_from)


def _not_sent(code: int, words: bytes | str, *, permanent_from: int | None) -> NotSent:
    """Return the failure, with the codes and nothing of the words: they may repeat the address."""
    said = _ENHANCED.match(words.encode(errors="replace") if isinstance(words, str) else words)
    reason = f"{code} {said[0].decode()}" if said else str(code)
    return NotSent(reason, permanent=permanent_from is not None and code >= permanent_from)

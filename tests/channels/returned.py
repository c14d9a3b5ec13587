"""Mails as other servers write them: reports about one of ours, and what only looks like one."""

from email.message import EmailMessage

OURS = """Return-Path: <{path}>
From: Ville <letters@example.org>
To: anne@example.org
Subject: =?utf-8?q?Crue?=
Message-ID: <{message}@app.example.org>
MIME-Version: 1.0
Content-Type: text/plain

Bonjour
"""


def not_delivered(path: str, message: object, *, status: str = "5.1.1", action: str = "failed", **how: str) -> bytes:
    """Return a report of failed delivery (RFC 3464 §2) to `path`. `original` is the type of its third part."""
    return _report(
        "delivery-status",
        path,
        f"Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org\n\n"
        f"Original-Recipient: rfc822;anne@example.org\nFinal-Recipient: rfc822; anne@example.org\n"
        f"Action: {action}\nStatus: {status}\nDiagnostic-Code: smtp; 550 {status} No such user\n",
        OURS.format(path=path, message=message),
        **how,
    )


def complaint(path: str, message: object, *, kind: str = "abuse", **how: str) -> bytes:
    """Return a complaint (RFC 5965 §2) about a mail that came from `path`."""
    return _report(
        "feedback-report",
        "feedback@example.org",
        f"Content-Type: message/feedback-report\n\nFeedback-Type: {kind}\nUser-Agent: Mail/1.0\nVersion: 1\n"
        f"Original-Mail-From: <{path}>\nReported-Domain: example.org\n",
        OURS.format(path=path, message=message),
        **how,
    )


def holiday(path: str) -> bytes:
    """Return an answer by which somebody says that they are away."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "anne@example.org", path, "Away"
    mail["Auto-Submitted"] = "auto-replied"
    mail.set_content("Back on Monday. 5.1.1 failed")
    return bytes(mail)


def _report(kind: str, to: str, machine: str, ours: str, *, original: str = "message/rfc822") -> bytes:
    if original == "text/rfc822-headers":
        ours = ours.partition("\n\n")[0] + "\n"
    third = f"--cut\nContent-Type: {original}\n\n{ours}\n" if original else ""
    text = (
        f"From: MAILER-DAEMON@mx.example.org\nTo: <{to}>\nSubject: Undelivered\nMIME-Version: 1.0\n"
        f'Content-Type: multipart/report; report-type={kind}; boundary="cut"\n\n'
        f"--cut\nContent-Type: text/plain\n\nSorry.\n\n--cut\n{machine}\n{third}--cut--\n"
    )
    return text.replace("\n", "\r\n").encode()

"""The only way out for webhooks: one signed POST to a server that somebody named, with the guard of `core.posting`.

Nothing leaves without a clearance, nothing reaches a private network, no redirect is followed, little is read of the
answer, and what comes back to this installation is known by a header.
"""

from dataclasses import dataclass
from io import BytesIO
from urllib.parse import urlsplit

from django.conf import settings

from perron.channels.webhook.signing import signatures
from perron.core.clock import now
from perron.core.fetching import NoServer, NotFetched
from perron.core.posting import post
from perron.privacy.clearing import Clearance, redeem
from perron.privacy.declaring import Activity
from perron.privacy.subjects import Subject

# Receivers answer first and work later.
SECONDS = 15.0
# RFC 8586: who passes a request on names itself, and refuses what names it already.
LOOP_HEADER = "CDN-Loop"
_LOOP_DETECTED = 508


class NotTaken(Exception):
    """The other side did not take it. `reason` is a code: "http 500", "unreachable", "gone", "loop", …

    `permanent` says that trying again is of no use; `wait` for how many seconds the server wants to be left alone.
    """

    def __init__(self, reason: str, *, permanent: bool = False, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.reason, self.permanent, self.wait = reason, permanent, wait


@dataclass(frozen=True, kw_only=True)
class Call:
    """One message to one server. `identifier` is the same at every try; each of `secrets` signs it."""

    address: str
    whose: Subject
    activity: Activity
    identifier: str
    body: bytes
    secrets: tuple[str, ...]


def send(call: Call, clearance: Clearance) -> None:
    """Make a call; when this returns, the other side has taken it. Raises `BadClearance`, `NotTaken`."""
    redeem(clearance, activity=call.activity, subject=call.whose)
    timestamp = int(now().timestamp())
    signature = signatures(call.secrets, identifier=call.identifier, timestamp=timestamp, body=call.body)
    headers = {
        "Content-Type": "application/json",
        "webhook-id": call.identifier,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature,
        LOOP_HEADER: own_name(),
    }
    try:
        answer = post(
            call.address,
            BytesIO(call.body),
            len(call.body),
            headers=headers,
            seconds=SECONDS,
            allow=settings.PERRON_WEBHOOK_NETWORKS,
        )
    except NoServer as error:
        raise NotTaken("no server") from error
    except NotFetched as error:
        raise NotTaken("private", permanent=True) from error
    except OSError as error:
        raise NotTaken("unreachable") from error
    _judge(answer.status, answer.wait)


def own_name() -> str:
    """Return by what this installation knows its own calls."""
    return urlsplit(settings.PERRON_ORIGIN).netloc


def _judge(status: int, wait: float) -> None:
    """Raise `NotTaken` for what is not 2xx: 410 asks never to be called again."""
    if 200 <= status < 300:
        return
    if status == 410:
        raise NotTaken("gone", permanent=True)
    if status == _LOOP_DETECTED:
        raise NotTaken("loop", permanent=True)
    raise NotTaken(f"http {status}", wait=wait)

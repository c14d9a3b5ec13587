"""Why a delivery ended as it did, in words, for who looks after it."""

import re

from django.utils.translation import gettext as _

from perron.audience import failing
from perron.audience.models import Channel
from perron.delivery.carriers.carrying import SUPPRESSED
from perron.privacy.reasons import Reason

_CODE = re.compile(r"[245]\d\d( |$)")


def failure_in_words(channel: str, failure: str) -> str:
    """Return a sentence for `Delivery.failure`, in the language at hand; "" where there is none."""
    if not failure or failure in Reason:
        return Reason(failure).sentence if failure else ""
    if channel == Channel.WEBHOOK:
        return _of_webhook(failure)
    if _CODE.match(failure):
        return _of_server(failure)
    if failure == SUPPRESSED:
        return _("Earlier messages came back from there, so that nothing more is sent there for now.")
    if failure in {"connection lost", "unreachable"}:
        return _("The other side did not answer, again and again.")
    return _("The message could not be made or sent (%(code)s). Look at the log.") % {"code": failure}


def _of_server(code: str) -> str:
    """Put an answer (RFC 5321, RFC 9110) in words."""
    if code.startswith("5"):
        return _("The other side refused it for good (%(code)s).") % {"code": code}
    return _("The other side refused it for now, again and again (%(code)s).") % {"code": code}


def _of_webhook(failure: str) -> str:
    if failure == "paused":
        return _("Its webhook was paused.")
    if failure == "off":
        return _("Its webhook had been switched off.")
    return failing.failure_in_words(failure)

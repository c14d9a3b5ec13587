"""Why a letter did not leave, in words, for who must do something about it."""

import re

from django.utils.translation import gettext as _

from perron.privacy.reasons import Reason

_NOT_CLEARED = "not cleared: "
_CODE = re.compile(r"[245]\d\d( |$)")


def failure_in_words(failure: str) -> str:
    """Return a sentence for `Letter.failure`, in the language at hand."""
    if failure.startswith(_NOT_CLEARED):
        return Reason(failure.removeprefix(_NOT_CLEARED)).sentence
    if failure.startswith("5"):
        return _("The mail server refused it for good (%(code)s). The address may be wrong.") % {"code": failure}
    if _CODE.match(failure):
        return _("The mail server refused it for now, again and again (%(code)s).") % {"code": failure}
    if failure == "connection lost":
        return _("The connection to the mail server broke off, again and again.")
    if failure == "unreachable":
        return _("The mail server did not answer. Look at PERRON_MAIL and at the log.")
    return _("The letter could not be made (%(code)s). Look at the log.") % {"code": failure}

"""Codes that somebody types as second factor: of an authenticator app (RFC 6238), or one of their recovery codes."""

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from django.db import transaction

from perron.accounts.models import Person
from perron.accounts.telling import tell
from perron.privacy.auditing import record

_Type = Authenticator.Type


def use_code(person: Person, code: str) -> Authenticator | None:
    """Return what `code` belongs to, and have it never count again; None where it does not fit."""
    with transaction.atomic():
        rows = Authenticator.objects.select_for_update().filter(user=person).exclude(type=_Type.WEBAUTHN)
        for row in rows.order_by("-type"):
            fits = app_code_fits if row.type == _Type.TOTP else _fits_once
            if fits(row, code):
                row.user = person
                return row
    return None


def app_code_fits(row: Authenticator, code: str) -> bool:
    """Say whether the app shows `code` about now, and note it: none of that half minute or before counts any more."""
    secret = decrypt(row.data["secret"])
    for counter in yield_hotp_counters_from_time():
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, counter))):
            if counter <= row.data.get("last", 0):
                return False
            row.data["last"] = counter
            row.save(update_fields=["data"])
            return True
    return False


def codes_left(person: Person) -> int | None:
    """Return how many recovery codes `person` has not used; None for who has none."""
    row = Authenticator.objects.filter(user=person, type=_Type.RECOVERY_CODES).first()
    return len(row.wrap().get_unused_codes()) if row else None


def unseen_codes(person: Person) -> list[str]:
    """Return the recovery codes while the person has not said that they kept them; afterwards nobody reads them."""
    row = Authenticator.objects.filter(user=person, type=_Type.RECOVERY_CODES).first()
    return [] if row is None or row.wrap().did_view else row.wrap().get_unused_codes()


def codes_kept(person: Person) -> None:
    """Note that the person kept their recovery codes: they are not shown again."""
    row = Authenticator.objects.filter(user=person, type=_Type.RECOVERY_CODES).first()
    if row:
        row.wrap().mark_as_viewed()


def _fits_once(row: Authenticator, code: str) -> bool:
    recovery = row.wrap()
    if not recovery.validate_code(code):
        return False
    person = row.user
    record("code-used", person, by=person.actor)
    tell(person, "code-used", by=person.actor, left=len(recovery.get_unused_codes()))
    return True

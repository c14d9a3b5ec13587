"""Second factors: passkeys, and codes of an authenticator app, with recovery codes for when they are lost.

A session remembers how somebody proved who they are (`allauth`'s authentication records). A passkey that was used with
the device's own check (fingerprint, face, PIN) counts for both factors. allauth does the cryptography; the verbs here
leave the audit row and tell the person by letter.
"""

import base64
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import SplitResult, urlsplit

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from perron.accounts.codes import app_code_fits
from perron.accounts.models import Person
from perron.accounts.telling import tell
from perron.core.clock import now
from perron.core.errors import Conflict, NotAllowed, Refused
from perron.core.text import clean_line
from perron.privacy.acting import Actor
from perron.privacy.auditing import record

# How long a proof is fresh enough to sign something, or to change how one signs in.
RECENT = timedelta(minutes=5)
_NAME_LENGTH = 60
_Type = Authenticator.Type


def has_second_factor(person: Person) -> bool:
    """Say whether `person` has a passkey or an authenticator app; recovery codes alone are none."""
    return bool(Authenticator.objects.filter(user=person).exclude(type=_Type.RECOVERY_CODES).exists())


def signed_in_strongly(request: HttpRequest) -> bool:
    """Say whether whoever is signed in proved it with a second factor, at any time in this session."""
    return any(strong for strong, _at in _proofs(request))


def confirmed_strongly(request: HttpRequest) -> bool:
    """Say whether whoever is signed in proved it with a second factor within the last five minutes."""
    since = (now() - RECENT).timestamp()
    return any(strong and at >= since for strong, at in _proofs(request))


def confirmed(request: HttpRequest) -> bool:
    """Say whether whoever is signed in proved it within five minutes, by a second factor if they have one."""
    if not isinstance(request.user, Person):
        return False
    since = (now() - RECENT).timestamp()
    return confirmed_strongly(request) or (
        not has_second_factor(request.user) and any(at >= since for _strong, at in _proofs(request))
    )


def note_proof(request: HttpRequest, authenticator: Authenticator) -> None:
    """Note in the session that its person has just shown this factor: by setting it up, for example."""
    record_authentication(request, request.user, "mfa", id=authenticator.pk, type=authenticator.type)


def add_passkey(person: Person, name: str, credential: Mapping[str, Any], *, by: Actor) -> Authenticator:
    """Give `person` a passkey that their device made and allauth checked. Raises `NotAllowed` for anybody else's."""
    _own(person, by)
    with transaction.atomic():
        row = WebAuthn.add(person, clean_line(name)[:_NAME_LENGTH] or host_of(credential), dict(credential)).instance
        _added(person, row, "passkey-added", by)
    return row


def add_app(person: Person, secret: str, code: str, *, by: Actor) -> Authenticator:
    """Have codes of an authenticator app count, which holds `secret` and shows `code` now.

    Raises `NotAllowed` for anybody else's, `Conflict` where there is one already, `Refused` for another code.
    """
    _own(person, by)
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        if Authenticator.objects.filter(user=person, type=_Type.TOTP).exists():
            raise Conflict(_("You have an authenticator app already. Remove it first to set up another one."))
        row = TOTP.activate(person, secret).instance
        if not app_code_fits(row, code):
            raise Refused(_("This is not the code that the app shows now. Look again and type the newest one."))
        _added(person, row, "app-added", by)
    return row


def remove(person: Person, authenticator: Authenticator, *, by: Actor) -> None:
    """Take away a passkey or the app; with the last of them the recovery codes go. Raises `NotAllowed`."""
    _own(person, by)
    if authenticator.user_id != person.pk:
        raise NotAllowed(_("Only the person themselves may choose this."))
    with transaction.atomic():
        what = "passkey-removed" if authenticator.type == _Type.WEBAUTHN else "app-removed"
        authenticator.delete()
        if not has_second_factor(person):
            Authenticator.objects.filter(user=person).delete()
        record(what, person, by=by)
        tell(person, what, by=by)


def renew_codes(person: Person, *, by: Actor) -> Authenticator:
    """Make ten new recovery codes; the old ones stop working. Raises `NotAllowed`, also without a second factor."""
    _own(person, by)
    if not has_second_factor(person):
        raise NotAllowed(_("Recovery codes go with a passkey or an authenticator app. Set up one of them first."))
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        Authenticator.objects.filter(user=person, type=_Type.RECOVERY_CODES).delete()
        row = RecoveryCodes.activate(person).instance
        record("codes-made", person, by=by)
        tell(person, "codes-made", by=by)
    return row


def take_all_away(person: Person, *, by: Actor) -> None:
    """Take away every factor and session of somebody who lost them: who may is decided by whoever calls.

    The person signs in with the password, or a new one by mail, and sets up another factor.
    """
    with transaction.atomic():
        Authenticator.objects.filter(user=person).delete()
        person.sessions.all().delete()
        record("reset factors", person, by=by)
        tell(person, "factors-reset", by=by)


def factors_of(person: Person) -> list[Authenticator]:
    """Return passkeys and app, the oldest first; not the recovery codes."""
    return list(Authenticator.objects.filter(user=person).exclude(type=_Type.RECOVERY_CODES).order_by("created_at"))


def origin_of(credential: Mapping[str, Any]) -> SplitResult:
    """Return the origin on whose page a passkey was made or shown, as the browser signed it. Raises `ValueError`."""
    try:
        said = base64.urlsafe_b64decode(credential["response"]["clientDataJSON"] + "==")
        return urlsplit(str(json.loads(said)["origin"]))
    except (KeyError, TypeError) as error:
        raise ValueError("This is no passkey.") from error


def host_of(credential: Mapping[str, Any]) -> str:
    """Return the host for which a passkey was made: on another one, browsers do not offer it."""
    return origin_of(credential).hostname or ""


def _added(person: Person, row: Authenticator, what: str, by: Actor) -> None:
    RecoveryCodes.activate(person)
    record(what, person, by=by, kind=row.type)
    tell(person, what, by=by)


def _own(person: Person, by: Actor) -> None:
    if by != person.actor:
        raise NotAllowed(_("Only the person themselves may choose this."))


def _proofs(request: HttpRequest) -> list[tuple[bool, float]]:
    """Return each proof of this session by the person who is signed in now: with a second factor or not, and when."""
    if not request.user.is_authenticated:
        return []
    records = get_authentication_records(request, request.user)
    return [(found["method"] == "mfa", float(found["at"])) for found in records]

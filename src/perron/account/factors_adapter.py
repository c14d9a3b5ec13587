from urllib.parse import urlsplit

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings

from perron.accounts.models import Person
from perron.privacy.encrypting import decrypt, encrypt


class FactorsAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """What allauth does with second factors is done our way: secrets encrypted, each host with its own passkeys."""

    def encrypt(self, text: str) -> str:
        """Return a secret as it may lie in the table."""
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret itself."""
        return decrypt(encrypted_text)

    def get_totp_issuer(self) -> str:
        """Return by what name an authenticator app lists the code: the installation's host."""
        return urlsplit(settings.PERRON_ORIGIN).hostname or "Perron"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return for whom passkeys are made: exactly the host of the page (WebAuthn §5.1.2: the RP ID)."""
        host = context.request.get_host().partition(":")[0]
        return {"id": host, "name": host}

    def get_public_key_credential_user_entity(self, user: Person) -> dict[str, object]:
        """Return as whom a device lists the passkey; the handle is the account's number, which says nothing."""
        return {"id": str(user.pk).encode(), "name": user.email, "display_name": user.name or user.email}

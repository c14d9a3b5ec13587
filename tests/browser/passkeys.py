"""Chromium's virtual authenticator: a device that makes passkeys and agrees to everything."""

from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Page, expect

_DEVICE = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
           "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip


class Device:
    """A page of a browser on such a device."""

    def __init__(self, context: BrowserContext) -> None:
        # It would sign in by itself as soon as the field for the address offers to.
        context.add_init_script(
            "window.PublicKeyCredential?.isConditionalMediationAvailable && "
            "(PublicKeyCredential.isConditionalMediationAvailable = async () => false)"
        )
        self.page: Page = context.new_page()
        self._cdp: CDPSession = context.new_cdp_session(self.page)
        self._cdp.send("WebAuthn.enable")
        self._number = self._cdp.send("WebAuthn.addVirtualAuthenticator", {"options": _DEVICE})["authenticatorId"]

    def credentials(self) -> list[dict[str, Any]]:
        """Return the passkeys that it holds."""
        held: list[dict[str, Any]] = self._cdp.send("WebAuthn.getCredentials", {"authenticatorId": self._number})[
            "credentials"
        ]
        return held

    def make_passkey(self) -> None:
        """From the page that asks a newcomer for a second factor: make a passkey, and say that the codes are kept."""
        self.page.locator('a[href*="/passkeys/new/"]').click()
        self.page.locator(".passkey-button").click()
        expect(self.page.locator(".codes li")).to_have_count(10)
        self.page.locator("main .button").click()

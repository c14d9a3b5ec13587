"""OpenID Connect with a partner's provider: what allauth leaves open is closed."""

from typing import Any

from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse


class PartnersAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """OpenID Connect as the specification has it: a signed identity token of the very issuer, and nothing else."""

    @property
    def openid_config(self) -> dict[str, Any]:
        """Return what the provider says of itself, which must be about itself (Discovery 1.0 §4.3)."""
        config: dict[str, Any] = super().openid_config
        if str(config.get("issuer", "")).rstrip("/") != self.get_provider().app.settings["server_url"]:
            raise OAuth2Error("the issuer is another one")
        return config

    def complete_login(self, request: HttpRequest, app: SocialApp, token: Any, **kwargs: Any) -> Any:  # noqa: ARG002
        """Read the identity token, whose signature is checked although it came by TLS."""
        given = kwargs["response"].get("id_token")
        if not given:
            raise OAuth2Error("there is no identity token")
        self.did_fetch_access_token = False
        try:
            claims = self._decode_id_token(app, given)
        except (KeyError, TypeError, ValueError) as error:
            raise OAuth2Error("the identity token cannot be read") from error
        if claims.get("email_verified") is not True:
            claims["email_verified"] = False
        return self.get_provider().sociallogin_from_response(request, {"id_token": claims})

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:  # noqa: ARG002 allauth passes them
        """Return the one address that the provider knows: at the installation's origin."""
        return settings.PERRON_ORIGIN + reverse("openid_connect_callback", kwargs={"provider_id": self.provider_id})


class PartnersProvider(OpenIDConnectProvider):  # type: ignore[misc]
    """A partner's provider, of which nothing is kept but by which number it knows somebody."""

    oauth2_adapter_class = PartnersAdapter

    def extract_extra_data(self, data: Any) -> dict[str, object]:  # noqa: ARG002 allauth passes it
        """Keep nothing of what the provider tells."""
        return {}

    def get_default_scope(self) -> list[str]:
        """Ask for the address, by which the account is found the first time."""
        return ["openid", "email"]

    def serialize(self) -> dict[str, str]:
        """Return by what name the provider is found again, between the first step of signing in and the second."""
        return {"id": self.app.provider_id}

"""How allauth's sign-in with other providers is done our way: partners' own providers, and members alone."""

import base64
from collections.abc import Mapping
from typing import Any, NoReturn, Self

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from perron.account.provider_protocol import PartnersProvider
from perron.accounts.factors import confirmed
from perron.accounts.models import Person
from perron.communities.identity.rules import is_theirs, link, person_named, secret_of
from perron.communities.identity.tables import IdentityProvider
from perron.core.calling import call
from perron.core.errors import NotAllowed
from perron.core.fetching import NotFetched


class ProviderAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Providers are rows of partners; nobody opens an account by them, and tokens are not kept."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ARG002 allauth passes them
        """Say no."""
        return False

    def get_app(self, request: HttpRequest, provider: str, client_id: str | None = None) -> SocialApp:  # noqa: ARG002
        """Return a partner's provider in allauth's words. Raises `SocialApp.DoesNotExist`."""
        row = row_named(provider)
        return SocialApp(
            provider=PartnersProvider.id,
            provider_id=provider,
            name=row.partner.name[:40],
            client_id=row.client_id,
            secret=secret_of(row),
            settings={"server_url": row.issuer, "oauth_pkce_enabled": True},
        )

    def list_apps(self, request: HttpRequest, provider: str | None = None, client_id: str | None = None) -> list[Any]:
        """Return the one that was asked for, as a list."""
        return [self.get_app(request, provider, client_id)] if provider else []

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> PartnersProvider:
        """Return what speaks with it."""
        return PartnersProvider(request, app=self.get_app(request, provider, client_id))

    def get_requests_session(self) -> "GuardedSession":
        """Return what asks the provider, without being led into the house."""
        return GuardedSession()

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Let in whose account it is; the first time, the account is found by an address that both sides confirm."""
        provider = row_named(sociallogin.account.provider)
        # The provider was asked who it is, and will not be asked anything else.
        sociallogin.token = None
        if sociallogin.is_existing:
            if not is_theirs(provider, sociallogin.user):
                refuse(request, _("Your role for this organisation has ended."))
            return
        try:
            person = _whose(request, provider, sociallogin)
        except NotAllowed as error:
            refuse(request, error.message)
        with transaction.atomic():
            sociallogin.connect(request, person)
            link(provider, person)

    def on_authentication_error(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:  # noqa: ARG002
        """Lead back to signing in, with a sentence."""
        refuse(request, _("Your organisation’s sign-in did not work. Try again, or sign in with your password."))


class GuardedSession:
    """As much of the library `requests` as allauth uses, on `core.calling`."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *args: object) -> None:
        """Nothing stays open."""

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> "Response":
        """Read what stands at `url`."""
        return self.request("GET", url, headers=headers)

    def request(self, method: str, url: str, **given: Any) -> "Response":
        """Ask; a provider that cannot be reached is allauth's own error, which it handles."""
        headers = dict(given.get("headers") or {})
        if auth := given.get("auth"):
            pair = base64.b64encode(f"{auth.username}:{auth.password}".encode()).decode()
            headers["Authorization"] = f"Basic {pair}"
        form = given.get("data") if method == "POST" else None
        try:
            return Response(call(url, form=form, headers=headers, allow=settings.PERRON_PROVIDER_NETWORKS))
        except NotFetched as error:
            raise OAuth2Error(error.code) from error


class Response:
    """An answer, as allauth reads it."""

    def __init__(self, said: Any) -> None:
        self._said = said
        self.status_code = said.status
        self.headers = {"content-type": "application/json"}
        self.content = b""

    def json(self) -> Any:
        """Return it read."""
        try:
            return self._said.json()
        except NotFetched as error:
            raise OAuth2Error(error.code) from error

    def raise_for_status(self) -> None:
        """Raise for anything but success."""
        if self.status_code != 200:
            raise OAuth2Error(f"the provider answers {self.status_code}")


def _whose(request: HttpRequest, provider: IdentityProvider, sociallogin: Any) -> Person:
    """Return whose account is linked now: whoever is signed in and has just shown it, else whom the address names."""
    if isinstance(request.user, Person) and is_theirs(provider, request.user) and confirmed(request):
        return request.user
    address = next(iter(sociallogin.email_addresses), None)
    is_confirmed = bool(address and address.verified)
    return person_named(provider, address.email if address else "", is_confirmed=is_confirmed)


def row_named(slug: str) -> IdentityProvider:
    """Return the provider of the partner `slug`, if it is switched on. Raises `SocialApp.DoesNotExist`."""
    row = IdentityProvider.objects.filter(partner__slug=slug, is_on=True).select_related("partner").first()
    if row is None:
        raise SocialApp.DoesNotExist
    return row


def refuse(request: HttpRequest, message: str) -> NoReturn:
    """Lead to the page of signing in, which says why; to one's own page whoever is signed in."""
    messages.error(request, message)
    raise ImmediateHttpResponse(redirect("account:security" if request.user.is_authenticated else "account_login"))

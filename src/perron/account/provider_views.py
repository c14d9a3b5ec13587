"""Signing in with a partner's own identity provider: the way there, and the way back."""

from urllib.parse import urlsplit

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from perron.account.confirming import confirmed_first
from perron.account.provider_adapter import ProviderAdapter, refuse
from perron.account.provider_protocol import PartnersAdapter
from perron.accounts.models import Person
from perron.communities.identity.rules import providers_for


@confirmed_first
def link(request: HttpRequest, partner: str) -> HttpResponseBase:
    """Go to one's own provider once one has shown who one is; what comes back is linked with the account."""
    assert isinstance(request.user, Person)
    if all(provider.partner.slug != partner for provider in providers_for(request.user)):
        raise Http404
    return redirect("openid_connect_login", partner)


def there(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Lead to the provider. A session on another host would not know of the way back: it begins at the origin."""
    if request.get_host() != urlsplit(settings.PERRON_ORIGIN).netloc:
        return redirect(settings.PERRON_ORIGIN + reverse("openid_connect_login", kwargs={"provider_id": provider_id}))
    try:
        provider = ProviderAdapter().get_provider(request, provider_id)
        response: HttpResponseBase = provider.redirect(
            request, "login", next_url=get_next_redirect_url(request), scope=provider.get_scope(), auth_params={}
        )
    except SocialApp.DoesNotExist:
        raise Http404 from None
    except OAuth2Error:
        refuse(request, _("Your organisation’s sign-in did not work. Try again, or sign in with your password."))
    return response


def back(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Take what the provider says."""
    try:
        view = OAuth2CallbackView.adapter_view(PartnersAdapter(request, provider_id))
        response: HttpResponseBase = view(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    return response

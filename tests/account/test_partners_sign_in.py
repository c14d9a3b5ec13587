"""Signing in with a partner's identity provider: a small one, on the own machine."""

import base64
import hashlib
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.cache import cache
from django.test import Client
from pytest_django.fixtures import Settings

from perron.accounts.models import Person
from perron.communities.identity.rules import set_up
from perron.communities.models import IdentityProvider, Member
from perron.core.clock import now
from perron.core.errors import NotAllowed
from perron.letters.models import Letter
from perron.privacy.acting import SYSTEM
from tests import making

pytestmark = pytest.mark.django_db

THERE = "/account/sign-in/with/ville/"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def read(form: str) -> dict[str, str]:
    return {name: one for name, (one,) in parse_qs(form).items()}


class Handler(BaseHTTPRequestHandler):
    """Answers what `says` holds; of the token endpoint, after the checks that RFC 6749 and 7636 ask for."""

    says: ClassVar[dict[str, Any]] = {}
    asked: ClassVar[dict[str, str]] = {}

    def do_GET(self) -> None:
        origin = f"http://{self.headers['Host']}"
        known = {
            "/.well-known/openid-configuration": {
                "issuer": self.says.get("issuer", origin),
                "authorization_endpoint": f"{origin}/authorize",
                "token_endpoint": f"{origin}/token",
                "jwks_uri": f"{origin}/keys",
            },
            "/keys": {"keys": [json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key())) | {"kid": "1"}]},
        }
        self._answer(200 if self.path in known else 404, known.get(self.path, {}))

    def do_POST(self) -> None:
        form = {
            name: one
            for name, (one,) in parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()).items()
        }
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=")
        fits = form["client_secret"] == "s3cret" and challenge.decode() == self.asked["code_challenge"]
        claims = {
            "iss": f"http://{self.headers['Host']}",
            "aud": "perron",
            "sub": "u1",
            "exp": int(now().timestamp()) + 60,
        }
        token = jwt.encode(claims | self.says["claims"], self.says.get("key", KEY), "RS256", {"kid": "1"})
        self._answer(200 if fits else 400, {"access_token": "x", "token_type": "Bearer", "id_token": token})

    def _answer(self, status: int, body: Any) -> None:
        sent = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def provider(settings: Settings) -> Iterator[IdentityProvider]:
    cache.clear()
    settings.PERRON_PROVIDER_NETWORKS, settings.PERRON_ORIGIN = ["127.0.0.0/8"], "http://testserver"
    Handler.says = {"claims": {"email": "anne@ville.example", "email_verified": True}}
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        issuer = f"http://127.0.0.1:{server.server_port}"
        yield set_up(making.partner(), by=SYSTEM, issuer=issuer, client_id="perron", secret="s3cret", is_on=True)
        server.shutdown()


@pytest.fixture
def anne() -> Person:
    person = making.person("anne@ville.example", role="editor", at=making.community())
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def comes_back(client: Client, **changed: str) -> str:
    """Go to the provider and back, and return where one ends."""
    asked = {
        name: one
        for name, (one,) in parse_qs(
            urlsplit(client.get(f"{THERE}?next=/studio/liege/items/")["Location"]).query
        ).items()
    }
    assert (asked["redirect_uri"], asked["code_challenge_method"]) == (f"http://testserver{THERE}back/", "S256")
    Handler.asked = asked
    return client.get(f"{THERE}back/", {"code": "c", "state": asked["state"]} | changed)["Location"]


def test_a_member_signs_in_with_it_and_the_second_factor_is_asked_for_here(
    provider: IdentityProvider, anne: Person
) -> None:
    making.app(anne)
    client = Client()
    assert comes_back(client) == "/account/sign-in/second/"
    assert client.get("/studio/liege/items/")["Location"].startswith("/account/sign-in/")
    assert client.post("/account/sign-in/second/", {"code": making.code()})["Location"] == "/studio/liege/items/"
    kept = SocialAccount.objects.get()
    assert (kept.user_id, kept.uid, kept.extra_data) == (anne.pk, "u1", {})
    assert Letter.objects.filter(to=anne.email, context__what="provider-linked").count() == 1
    # From then on it is the number that counts, whatever address the provider tells.
    Handler.says["claims"] = {"email": "chief@ville.example", "email_verified": True}
    assert comes_back(Client()) == "/account/sign-in/second/"
    assert Letter.objects.filter(context__what="provider-linked").count() == 1


@pytest.mark.once
@pytest.mark.parametrize(
    "says",
    [
        {"claims": {"email": "anne@ville.example"}},
        {"claims": {"email": "anne@ville.example", "email_verified": False}},
        {"claims": {"email": "anne@ville.example", "email_verified": "true"}},
        {"claims": {"email": "nobody@ville.example", "email_verified": True}},
        {"claims": {}},
        {"claims": {"email": "anne@ville.example", "email_verified": True, "aud": "another"}},
        {"claims": {"email": "anne@ville.example", "email_verified": True, "iss": "http://127.0.0.1:1"}},
        {"claims": {"email": "anne@ville.example", "email_verified": True, "exp": 1}},
        {"claims": {"email": "anne@ville.example", "email_verified": True}, "key": OTHER_KEY},
    ],
)
def test_what_the_provider_does_not_confirm_or_did_not_say_opens_nothing(
    provider: IdentityProvider, anne: Person, says: dict[str, Any]
) -> None:
    Handler.says = says
    client = Client()
    assert comes_back(client) == "/account/sign-in/"
    assert 'role="status"' in client.get("/account/sign-in/").content.decode()
    assert client.get("/account/security/").status_code == 302
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("who", ["unconfirmed here", "resident", "operator too", "another partner too", "closed"])
def test_it_opens_only_accounts_that_are_the_partners_alone(provider: IdentityProvider, anne: Person, who: str) -> None:
    match who:
        case "unconfirmed here":
            EmailAddress.objects.update(verified=False)
        case "resident":
            Member.objects.all().delete()
        case "operator too":
            Member.objects.create(person=anne, role="support")
        case "another partner too":
            Member.objects.create(
                person=anne, role="author", community=making.community("namur", partner=making.partner("x"))
            )
        case "closed":
            Person.objects.update(is_active=False)
    assert comes_back(Client()) == "/account/sign-in/"
    assert not SocialAccount.objects.exists()


def test_whose_role_ends_does_not_come_in_any_more_and_one_that_is_off_is_not_there(
    provider: IdentityProvider, anne: Person
) -> None:
    assert comes_back(Client()) == "/studio/liege/items/"
    Member.objects.all().delete()
    assert comes_back(Client()) == "/account/sign-in/"
    IdentityProvider.objects.update(is_on=False)
    assert [Client().get(path).status_code for path in (THERE, f"{THERE}back/", "/account/sign-in/with/x/")] == [
        404
    ] * 3


@pytest.mark.once
def test_an_answer_that_was_not_asked_for_is_refused(provider: IdentityProvider, anne: Person) -> None:
    assert comes_back(Client(), state="x") == "/account/sign-in/"
    assert Client().get(f"{THERE}back/", {"code": "c", "state": "x"})["Location"] == "/account/sign-in/"
    assert comes_back(Client(), error="access_denied") == "/account/sign-in/"


@pytest.mark.once
def test_another_issuer_behind_the_address_is_refused(provider: IdentityProvider, anne: Person) -> None:
    Handler.says["issuer"] = "https://login.evil.example"
    assert Client().get(THERE)["Location"] == "/account/sign-in/"


@pytest.mark.once
def test_it_does_not_lead_into_the_house(provider: IdentityProvider, settings: Settings) -> None:
    settings.PERRON_PROVIDER_NETWORKS = []
    for issuer in ("https://127.0.0.1", "https://10.0.0.1", "https://localhost", provider.issuer):
        IdentityProvider.objects.update(issuer=issuer)
        assert Client().get(THERE)["Location"] == "/account/sign-in/", issuer


def test_somebody_signed_in_links_what_the_provider_calls_them(provider: IdentityProvider, anne: Person) -> None:
    EmailAddress.objects.all().delete()
    Handler.says["claims"] = {"email": "a.exemple@ville.example"}
    client = Client()
    client.force_login(anne)
    page = client.get("/account/security/").content.decode()
    link = "/account/security/providers/ville/link/"
    assert link in page
    assert client.get(link)["Location"] == THERE
    comes_back(client)
    assert SocialAccount.objects.get().user_id == anne.pk


def test_the_desk_sets_it_up_and_never_shows_the_secret(provider: IdentityProvider) -> None:
    client, path = Client(), "/desk/partners/ville/sign-in/"
    client.force_login(making.person(role="administrator"))
    assert "s3cret" not in client.get(path).content.decode()
    assert "s3cret" not in provider.secret
    form = {"issuer": "https://login.ville.example/", "client_id": "other", "secret": "", "is_on": "on"}
    assert client.post(path, form)["Location"] == path
    changed = IdentityProvider.objects.get()
    assert (changed.issuer, changed.client_id, changed.secret) == (
        "https://login.ville.example",
        "other",
        provider.secret,
    )
    chief = making.person(role="administrator", at=making.partner())
    client.force_login(chief)
    # They administer the partner, and do not decide where its people sign in.
    assert client.post(path, form).status_code == 403
    client.force_login(making.person(role="administrator", at=making.partner()))
    assert client.post(path, form).status_code == 403
    with pytest.raises(NotAllowed):
        set_up(making.partner(), by=chief.actor, issuer="https://x.example", client_id="x", secret="x", is_on=True)

"""What is altered, too old, used again, fetched ahead of a reader, or no address at all."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from perron.audience import subscribing
from perron.audience.choices import Choice
from perron.audience.keys import key_of
from perron.audience.models import Recipient, Subscription
from perron.communities.models import Community
from perron.core import clock
from perron.letters.models import Letter
from tests import making
from tests.delivery.town import reader

pytestmark = pytest.mark.django_db

AHEAD = [
    {"Sec-Purpose": "prefetch"},
    {"Sec-Purpose": "prefetch;prerender"},
    {"Purpose": "prefetch"},
    {"X-Moz": "prefetch"},
]


@pytest.fixture
def liege() -> Community:
    community = making.community()
    making.platform(community)
    return community


def token(community: Community, email: str = "anne@example.org", choice: Choice | None = None) -> str:
    subscribing.ask(email, community, choice or Choice(), language="fr", page="https://perron.example/c/")
    link = Letter.objects.filter(kind="subscription-confirm").latest("written_at").context["link"]
    return parse_qs(urlsplit(str(link)).query)["token"][0]


def test_what_is_fetched_ahead_of_a_reader_does_nothing(liege: Community) -> None:
    anne, http = reader(liege, "anne@example.org"), Client()
    own = f"/fr/subscription/{key_of(anne.pk)}/"
    confirm = f"/fr/subscription/confirm/?token={token(liege, 'bert@example.org')}"
    for headers in [{}, *AHEAD]:
        for method in (http.get, http.head, http.options):
            for address in (own, f"{own}stop/", confirm):
                assert method(address, headers=headers).status_code in {200, 302, 405}
    assert [row.email for row in Recipient.stored.all()] == ["anne@example.org"]
    assert not Letter.objects.filter(kind="subscription-ended").exists()


@pytest.mark.once
def test_a_key_that_was_altered_opens_nothing(liege: Community) -> None:
    anne, bert = reader(liege, "anne@example.org"), reader(liege, "bert@example.org")
    key, other = key_of(anne.pk), key_of(bert.pk)
    signed = other.partition("~")[0] + "~" + key.partition("~")[2]
    for wrong in (key[:-1], f"{key}x", signed, key.swapcase(), "~", "x~y"):
        for method in (Client().get, Client().post):
            assert method(f"/fr/subscription/{wrong}/").status_code in {404, 410}
        Client().post(f"/fr/subscription/{wrong}/stop/")
    assert Recipient.stored.count() == 2


def test_a_link_used_again_after_leaving_asks_again_and_one_that_is_too_old_does_not(liege: Community) -> None:
    http, link = Client(), token(liege, choice=Choice(("news",), rhythm="weekly"))

    def confirmed() -> str:
        page = http.post("/fr/subscription/confirm/", {"token": link}).headers["Location"]
        return str(page.removesuffix("?done=confirmed"))

    own = confirmed()
    assert confirmed() == own
    assert Subscription.stored.count() == 1
    http.post(f"{own}stop/")
    assert http.get("/fr/subscription/confirm/", {"token": link}).status_code == 200
    assert not Recipient.stored.exists(), "to look at it subscribes nobody"
    again = confirmed()
    assert again != own
    assert (Subscription.stored.get().kinds, Subscription.stored.get().rhythm) == ("|news|", "weekly")
    http.post(f"{again}stop/")
    with clock.travel(clock.now() + timedelta(days=2)):
        assert http.post("/fr/subscription/confirm/", {"token": link}).status_code == 410
    assert not Recipient.stored.exists()


@pytest.mark.once
@pytest.mark.parametrize(
    "address",
    [
        "a@example.org\r\nBcc: b@example.org",
        "a@example.org\nSubject: x",
        "a@example.org%0aBcc:b@example.org",
        "a@exa\x00mple.org",
        # 320 characters, the 64 and 255 of RFC 5321 with the @: more than a path may have (254).
        "a" * 64 + "@" + ".".join(["b" * 61] * 4) + ".example",
        "a" * 64 + "@" + ".".join(["b" * 61, "c" * 61, "d" * 58, "example"]),
        "a" * 65 + "@example.org",
        "a@" + "b" * 64 + ".example",
        # A Cyrillic letter among Latin ones.
        "anne@ex\u0430mple.org",
        "a@b@example.org",
        "a@[127.0.0.1]",
    ],
)
def test_what_is_no_address_is_refused_on_the_page(liege: Community, address: str) -> None:
    answer = Client().post("/fr/liege/subscribe/", {"email": address, "website": ""})
    assert answer.status_code == 422
    assert not Letter.objects.exists()


@pytest.mark.once
def test_the_longest_address_and_an_international_one_are_taken(liege: Community) -> None:
    longest = "a" * 64 + "@" + ".".join(["b" * 61, "c" * 61, "d" * 57, "example"])
    assert len(longest) == 254
    for address, written in ((longest, longest), ("anne@bücher.example", "anne@xn--bcher-kva.example")):
        assert Client().post("/fr/liege/subscribe/", {"email": address, "website": ""}).status_code == 302
        assert Letter.objects.latest("written_at").to == written

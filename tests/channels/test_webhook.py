"""A webhook leaves signed, to a public server and no other; what is answered is judged."""

import json
import socket
import time
from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django.fixtures import Settings
from standardwebhooks import Webhook as Reference
from standardwebhooks import WebhookVerificationError

from perron.channels.webhook.sending import Call, NotTaken, own_name, send
from perron.channels.webhook.signing import signatures
from perron.privacy.clearing import BadClearance, clear
from perron.privacy.declaring import Activity
from perron.privacy.subjects import of_address
from tests.channels.hook_server import HookServer

# Of the specification's own example.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
BODY = b'{"test": 2432232314}'

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def receiver(settings: Settings) -> Iterator[HookServer]:
    settings.PERRON_WEBHOOK_NETWORKS = ["127.0.0.2/32"]
    with HookServer() as listening:
        yield listening


def called(address: str, *secrets: str) -> None:
    subject = of_address(address)
    call = Call(
        address=address,
        whose=subject,
        activity=Activity.SUBSCRIPTIONS,
        identifier="msg_1",
        body=BODY,
        secrets=secrets or (SECRET,),
    )
    send(call, clear(subject, Activity.SUBSCRIPTIONS))


def refused(address: str) -> NotTaken:
    with pytest.raises(NotTaken) as caught:
        called(address)
    return caught.value


def test_the_signature_is_that_of_the_specification() -> None:
    expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    identifier = "msg_p5jXN8AQM9LWM0D4loKWxJek"
    assert signatures([SECRET], identifier=identifier, timestamp=1614265330, body=BODY) == expected


def test_the_reference_library_accepts_it_with_either_secret_and_with_no_other(receiver: HookServer) -> None:
    called(receiver.address("/a?b=c"), SECRET, OTHER)
    (got,) = receiver.got
    assert (got.path, got.headers["content-type"]) == ("/a?b=c", "application/json")
    for secret in (SECRET, OTHER):
        assert Reference(secret).verify(got.body, got.headers) == json.loads(BODY)
    with pytest.raises(WebhookVerificationError):
        Reference("whsec_" + "A" * 32).verify(got.body, got.headers)
    with pytest.raises(WebhookVerificationError):
        Reference(SECRET).verify(got.body + b" ", got.headers)


def test_without_a_clearance_nothing_leaves(receiver: HookServer) -> None:
    subject = of_address("x")
    other = clear(of_address("y"), Activity.SUBSCRIPTIONS)
    call = Call(address=receiver.address(), whose=subject, activity=Activity.SUBSCRIPTIONS, identifier="m", body=BODY,
                secrets=(SECRET,))  # fmt: skip
    with pytest.raises(BadClearance):
        send(call, other)
    assert receiver.got == []


def test_what_is_answered_is_judged(receiver: HookServer) -> None:
    receiver.answers = [500, 410, 508]
    assert [(each.reason, each.permanent) for each in (refused(receiver.address()) for _ in range(3))] == [
        ("http 500", False),
        ("gone", True),
        ("loop", True),
    ]
    receiver.status, receiver.headers = 429, {"Retry-After": "90"}
    assert refused(receiver.address()).wait == 90


def test_no_redirect_is_followed(receiver: HookServer) -> None:
    receiver.answers, receiver.headers = [302], {"Location": receiver.address("/elsewhere")}
    assert refused(receiver.address()).reason == "http 302"
    assert [got.path for got in receiver.got] == ["/hook"]


def test_a_huge_answer_is_not_read(receiver: HookServer) -> None:
    """It was taken, which is all that is to be known."""
    receiver.status, receiver.endless = 200, True
    begun = time.monotonic()
    called(receiver.address())
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    "address", ["10.0.0.1", "169.254.169.254", "168.63.129.16", "::ffff:127.0.0.1", "64:ff9b::a00:1"]
)
def test_a_name_that_leads_into_a_private_network_is_not_called(
    address: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PERRON_WEBHOOK_NETWORKS = []
    found = [(0, 0, 0, "", ("93.184.216.34", 443)), (0, 0, 0, "", (address, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: found)
    error = refused("https://hooks.example/")
    assert (error.reason, error.permanent) == ("private", True)


def test_a_private_address_is_not_called(settings: Settings) -> None:
    with HookServer() as inside:
        settings.PERRON_WEBHOOK_NETWORKS = ["127.0.0.9/32"]
        error = refused(inside.address())
        assert (error.reason, error.permanent, inside.got) == ("private", True, [])


def test_a_server_that_is_not_there_is_tried_again(receiver: HookServer) -> None:
    receiver.shutdown()
    receiver.server_close()
    error = refused(receiver.address())
    assert (error.reason, error.permanent) == ("unreachable", False)


def test_what_comes_back_to_this_installation_is_refused(client: Client, receiver: HookServer) -> None:
    called(receiver.address())
    passed_on = f"cdn.example; v=1, {receiver.got[0].headers['cdn-loop']}"
    assert client.post("/fr/contact/", headers={"CDN-Loop": passed_on}).status_code == 508
    assert client.post("/fr/contact/", headers={"CDN-Loop": f"x{own_name()}, cdn.example"}).status_code != 508

"""E: news of the operator reaches who asked for it, or clients and users on its legitimate interest, and nobody else;
each message says why and can be ended by one press; who said stop is remembered, and told once."""

import html
import re

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from perron.accounts import opening
from perron.accounts.models import Person
from perron.core import clock
from perron.delivery.working import deliver
from perron.letters.models import Letter
from perron.letters.rendering import render
from perron.outreach.models import Campaign, NewsReader
from perron.outreach.newsletter import sending, writing
from perron.outreach.newsletter.audience import bases, basis_named, by_consent, count
from perron.outreach.newsletter.writing import Written
from perron.privacy.acting import SYSTEM
from perron.privacy.declaring import Activity
from perron.privacy.erasing import erase
from perron.privacy.models import Consent, EvidenceEntry, Stop
from perron.privacy.policy.current import policy
from perron.privacy.policy.texts import texts
from perron.privacy.retaining import expire
from perron.privacy.subjects import of_address
from tests import making
from tests.channels.mail_server import MailServer
from tests.outreach.readers import client_of
from tests.policy.operators import POLICIES, every_operator

pytestmark = pytest.mark.django_db

TEXT = "Nous avons refait la carte des travaux, et elle s'ouvre maintenant sans connexion sur chaque appareil."


def _send(basis: str, server: MailServer, settings: Settings) -> list[str]:
    """Send a message on this basis; return the addresses that got it."""
    settings.PERRON_MAIL = server.server
    message = writing.begin(Written(basis, {"fr": "La carte"}, {"fr": TEXT}), by=SYSTEM)
    if number := count(basis_named(basis)):
        sending.send(message, expected=1, number=number, by=SYSTEM)
    server.taken.clear()
    deliver()
    return sorted(address for address, _mail in server.taken)


def _asked_and_confirmed(email: str) -> str:
    """Ask for the newsletter as a stranger does, and return the address of one's own page."""
    visitor = Client()
    page = visitor.get("/fr/newsletter/")
    said = texts("fr").activity(Activity.PROMOTION)
    assert said.purpose in html.unescape(page.text)
    assert said.retentions["stop"].split("{")[0][:40] in html.unescape(page.text)
    visitor.post("/fr/newsletter/", {"email": email, "of_age": "on", "website": ""})
    assert not NewsReader.stored.filter(email=email).exists()
    link = Letter.objects.filter(to=email, kind="news-confirm").latest("written_at").context["link"]
    path = re.sub(r"^https?://[^/]+", "", str(link))
    visitor.get(path)
    assert not NewsReader.stored.filter(email=email).exists(), "a scanner of mail opened the link"
    token = re.search(r'name="token" value="([^"]+)"', visitor.get(path).text)
    assert token
    answer = visitor.post("/fr/newsletter/confirm/", {"token": html.unescape(token[1])})
    assert not visitor.cookies
    return str(answer["Location"])


@every_operator
def test_e_from_asking_to_the_last_stop(operator: str, settings: Settings) -> None:
    settings.PERRON_POLICY = POLICIES / operator
    front = making.platform(making.community())
    consent = next(each.id for each in bases() if by_consent(each))
    with MailServer() as server:
        own = _asked_and_confirmed("anne@example.org")
        _asked_and_confirmed("bart@example.org")
        agreed = Consent.objects.get(subject_id=of_address("anne@example.org").id)
        assert agreed.policy_version == policy().version.in_force
        assert texts("fr").activity(Activity.PROMOTION).purpose in agreed.wording
        making.person("user@example.org")
        client_of(front.partner)
        assert _send(consent, server, settings) == ["anne@example.org", "bart@example.org"]
        _address, message = server.taken[0]
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert policy().operator.email in {str(message["Reply-To"]), message["From"].addresses[0].addr_spec}
        body = message.get_body(("plain",))
        assert body is not None
        assert "GDPR art. 6(1)(a)" in body.get_content() or "6(1)(a)" in body.get_content()
        assert policy().operator.name in body.get_content()

        # By the link at the foot of the message: a GET shows, a POST acts.
        Client().get(own)
        assert NewsReader.stored.filter(email="anne@example.org").exists()
        Client().post(own)
        assert not NewsReader.stored.filter(email="anne@example.org").exists()
        stopped = Letter.objects.get(kind="news-stopped", to="anne@example.org")
        assert policy().operator.name in render(stopped).text
        # By a mail to the operator's address.
        staff = Client()
        staff.force_login(making.person("staff@example.org", role="support"))
        staff.post("/desk/contact/news/", {"email": "bart@example.org", "language": "nl"})
        assert Letter.objects.get(kind="news-stopped", to="bart@example.org").language == "nl"
        assert _send(consent, server, settings) == []
        assert not NewsReader.stored.exists()
        assert {"give_consent", "withdraw_consent", "object"} <= set(
            EvidenceEntry.objects.values_list("deed", flat=True)
        )

        # Remembered without the address: after an erasure, and after everything had its time.
        for email in ("anne@example.org", "bart@example.org"):
            erase([of_address(email)], by=making.person(role="administrator").actor)
        expire(as_of=clock.now().replace(year=clock.now().year + 15))
        assert Stop.objects.filter(activity="E").count() == 2
        NewsReader.stored.create(subject_id=of_address("anne@example.org").id, email="anne@example.org", language="fr")
        assert _send(consent, server, settings) == []


def test_e_clients_and_users_by_legitimate_interest_with_the_choice_to_refuse(settings: Settings) -> None:
    front = making.platform(making.community())
    interest = next(each.id for each in bases() if not by_consent(each))
    for email, refuses in (("yes@example.org", False), ("no@example.org", True)):
        asked = opening.Asked(email=email, language="fr", age=13, refuses_promotion=refuses)
        opening.ask(asked, place="Liège", page="https://perron.example/a/", elsewhere="https://perron.example/b/")
        link = Letter.objects.get(to=email).context["link"]
        opening.open_account(str(link).partition("token=")[2].replace("%3A", ":"), password=None)
    client_of(front.partner, "commune@example.org")
    _asked_and_confirmed("anne@example.org")
    with MailServer() as server:
        assert _send(interest, server, settings) == ["commune@example.org", "yes@example.org"]
        for _address, message in server.taken:
            body = message.get_body(("html",))
            assert body is not None
            assert "6(1)(f)" in body.get_content()
        path = re.sub(r"^<https?://[^/]+|>$", "", str(dict(server.taken)["yes@example.org"]["List-Unsubscribe"]))
        assert Client(enforce_csrf_checks=True).post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
        assert _send(interest, server, settings) == ["commune@example.org"]
    # The account is as it was.
    assert Person.objects.filter(email="yes@example.org", is_active=True).exists()


def test_e_an_operator_without_clients_in_its_policy_writes_to_those_who_agreed_only(settings: Settings) -> None:
    settings.PERRON_POLICY = POLICIES / "dorpsplein"
    assert [by_consent(each) for each in bases()] == [True]
    assert not Campaign.objects.exists()

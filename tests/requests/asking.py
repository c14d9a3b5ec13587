"""A person and their way in, a member of the operator's staff, and the letters that went out."""

from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.test import Client

from perron.accounts.models import Person
from perron.communities.roles import Role
from perron.core.clock import today
from perron.privacy.acting import SYSTEM, Actor
from perron.privacy.models import Notice
from perron.privacy.requests import links
from perron.privacy.requests.entering import Wish, enter, enter_for
from perron.privacy.requests.tables import Channel, Kind, Request
from perron.privacy.subjects import Subject, of_person
from tests import making

ADDRESS = "anne@example.org"


def letters(kind: str = "") -> list[Notice]:
    """Return what privacy has to tell, oldest first."""
    return list(Notice.objects.filter(**({"kind": kind} if kind else {})).order_by("pk"))


def mailed_link(email: str = ADDRESS, wish: str = "") -> str:
    """Ask for a link by the public form's rule, and return its path with the token."""
    links.ask(email, page="/account/rights/link/", language="en", wish=wish)
    return str(letters("rights-link")[-1].context["link"])


def token_of(path: str) -> str:
    return parse_qs(urlsplit(path).query)["token"][0]


def by_link(email: str = ADDRESS) -> Client:
    """Return a browser whose bearer has opened a link that was sent to `email`."""
    client = Client(headers={"accept-language": "en"})
    path = mailed_link(email)
    assert client.post("/account/rights/link/", {"token": token_of(path)}).status_code == 302
    return client


def signed_in(person: Person) -> Client:
    client = Client()
    Person.objects.filter(pk=person.pk).update(language="en")
    client.force_login(person)
    return client


def staff() -> Person:
    found = Person.objects.filter(email="operator@example.org").first()
    return found or making.person("operator@example.org", role=Role.ADMINISTRATOR)


def desk() -> Client:
    return signed_in(staff())


def asked(kind: Kind = Kind.COMPLAINT, *, person: Person | None = None, **more: Any) -> Request:
    """Return a request of somebody with an account that people must answer."""
    who = person or making.person()
    wish = Wish(kind=kind, email=who.email, name="Exemple", first_name="Anne", language="en", message="Help.", **more)
    return enter(wish, by=who.actor, about=of_person(who.pk))


def written(
    kind: Kind = Kind.ACCESS, *, received: date | None = None, person: Subject | None = None, **more: Any
) -> Request:
    """Return a request that came by letter and was entered by staff."""
    identified_by = more.pop("identified_by", "")
    wish = Wish(**{"kind": kind, "email": "letter@example.org", "name": "Brief", "language": "en"} | more)
    return enter_for(wish, by=SYSTEM, channel=Channel.LETTER, received_on=received or today(), person=person,
                     identified_by=identified_by)  # fmt: skip


def actor_of(request: Request) -> Actor:
    assert request.subject_id
    return Actor("person" if request.subject_kind == "person" else "address", request.subject_id)

"""S: encryption in transit; access to data framed and managed: least access, what staff see logged and reviewable."""

import dataclasses
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.test import Client

from perron.communities.models import Member
from perron.communities.roles import Role
from perron.core.clock import now
from perron.desk.urls import urlpatterns as desk
from perron.outreach.contact.receiving import Written, receive
from perron.privacy import retaining
from perron.privacy.models import Look
from perron.privacy.policy.current import policy
from perron.privacy.subjects import of_person
from perron.privacy.viewing import looks_at
from perron.project import environment, settings
from perron.studio.urls import urlpatterns as studio
from tests import making
from tests.policy.operators import every_operator, latest
from tests.requests.asking import desk as clerk
from tests.requests.asking import signed_in


@pytest.mark.once
@every_operator
def test_the_policy_names_measures_of_each_sort_it_promises(operator: str) -> None:
    assert latest(operator).measures
    if operator == "letsgocity":
        assert {measure.sort for measure in policy().measures.values()} == {
            "physical", "logical", "administrative", "organisational",
        }  # fmt: skip


@pytest.mark.once
@pytest.mark.parametrize("origin", ["http://app.example.org", "http://192.0.2.7", "http://localhost.example.org"])
def test_without_tls_it_starts_on_a_developers_machine_only(origin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERRON_ORIGIN", origin)
    with pytest.raises(ImproperlyConfigured, match="https"):
        environment.origin()
    monkeypatch.setenv("PERRON_ORIGIN", "http://127.0.0.1:8000")
    assert environment.origin() == "http://127.0.0.1:8000"
    # Over https, every answer is by https, and cookies too: `tests/project/test_observatory.py`.
    assert settings.SECURE_SSL_REDIRECT is settings._SECURE


@pytest.mark.once
def test_no_page_of_staff_is_open_to_anybody() -> None:
    # Lent drafts and a stylesheet, which hold nobody's data.
    assert {str(route.name) for route in [*desk, *studio] if getattr(route.callback, "who_may", "") == "anyone"} == {
        "borrowed", "borrowed-frame", "paper",
    }  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.AUTHOR, Role.EDITOR])
def test_who_writes_for_a_community_sees_no_page_with_other_peoples_data(role: Role) -> None:
    making.platform(making.community())
    client = signed_in(making.person(role=role, at=making.community()))
    for path in ("/desk/contact/", "/desk/requests/", "/desk/members/", "/desk/looks/", "/studio/liege/applications/",
                 "/desk/communities/liege/members/", "/desk/partners/ville/requests/"):  # fmt: skip
        assert client.get(path).status_code in {403, 404}, path
    assert not Look.objects.exists()


@pytest.mark.django_db
def test_what_staff_look_at_is_logged_reviewable_told_to_the_person_and_gone_after_a_year() -> None:
    making.platform(making.community())
    asked = Written(first_name="Anne", name="Lambert", email="anne@example.org", heading="Question", text="Bonjour.")
    anne = receive(asked, language="fr")
    staff: Client = clerk()
    assert "Bonjour." in staff.get(f"/desk/contact/{anne.pk}/").content.decode()
    [look] = looks_at(anne.subject)
    assert (look.what, look.organisation) == ("what you wrote to us, and our answers", policy().operator.name)
    # Who it was is for the review, not for the person (Court of Justice, C-579/21).
    assert "operator" not in str(dataclasses.asdict(look).values()).lower().replace(policy().operator.name.lower(), "")
    assert "Anne Exemple" in staff.get("/desk/looks/").content.decode()
    period = policy().passing["looked"].period
    assert period
    kept = Look.objects.get(subject_id=anne.subject.id, what="conversation")
    assert period.after(kept.at) - kept.at > timedelta(days=364)
    retaining.expire(as_of=period.after(now()))
    assert not Look.objects.exists()


@pytest.mark.django_db
def test_the_command_line_leaves_the_same_trace(tmp_path: object) -> None:
    person = making.person("anne@example.org")
    call_command("export", "anne@example.org", to=f"{tmp_path}/copy.zip", why="asked for at the counter", verbosity=0)
    [look] = looks_at(of_person(person.pk))
    assert (look.what, look.why) == ("the copy of your data, made to be given to you", "asked for at the counter")


@pytest.mark.django_db
def test_whose_role_ends_sees_nothing_from_the_next_page_on() -> None:
    making.platform(making.community())
    person = making.person(role=Role.ADMINISTRATOR)
    staff = signed_in(person)
    assert staff.get("/desk/contact/").status_code == 200
    Member.objects.filter(person=person).delete()
    assert staff.get("/desk/contact/").status_code == 403

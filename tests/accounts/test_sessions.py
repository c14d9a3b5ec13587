import pytest
from django.conf import settings
from django.test import Client

from perron.accounts.models import Session
from tests import making


@pytest.mark.django_db
def test_a_session_says_whose_it_is_and_ending_it_signs_the_device_out() -> None:
    anne, bert = making.person("anne@example.org"), making.person("bert@example.org")
    phone, tablet, other = Client(), Client(), Client()
    for client, person in ((phone, anne), (tablet, anne), (other, bert)):
        form = {"login": person.email, "password": making.PASSWORD}
        assert client.post("/account/sign-in/", form).status_code == 302
    assert (anne.sessions.count(), bert.sessions.count()) == (2, 1)
    anne.sessions.get(pk=phone.cookies[settings.SESSION_COOKIE_NAME].value).delete()
    assert [client.get("/studio/").status_code == 302 for client in (phone, tablet, other)] == [True, False, False]


@pytest.mark.django_db
def test_signing_out_leaves_nobodys_session() -> None:
    anne = making.person("anne@example.org")
    client = Client()
    client.post("/account/sign-in/", {"login": anne.email, "password": making.PASSWORD})
    client.post("/account/sign-out/")
    assert not Session.objects.filter(person__isnull=False).exists()

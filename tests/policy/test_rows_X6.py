"""X6: what the person provided is given to them, or sent to a third party of their choice, installations included."""

import json
import re
import time
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import httpx
import pytest

from tests import making
from tests.browser.installation import Site, served

pytestmark = pytest.mark.on_both_databases
TOWN = "tests.policy.two_people"


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with served(tmp_path_factory.mktemp("here"), town=TOWN, settings="tests.policy.loopback_settings") as site:
        yield site


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with served(tmp_path_factory.mktemp("there"), town=TOWN) as site:
        yield site


class Visitor:
    """Somebody with a browser, signed in."""

    def __init__(self, site: Site, email: str) -> None:
        self.http = httpx.Client(base_url=site.origin, follow_redirects=True, headers={"Accept-Language": "en"})
        page = self.http.get("/account/sign-in/").text
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token
        form = {"login": email, "password": making.PASSWORD, "csrfmiddlewaretoken": token[1]}
        assert self.http.post("/account/sign-in/", data=form).status_code == 200
        self.post("/account/language/", language="en", next="/account/data/")

    def page(self, path: str) -> str:
        answer = self.http.get(path)
        assert answer.status_code == 200, answer.text
        return answer.text

    def post(self, path: str, **form: Any) -> httpx.Response:
        token = self.http.cookies.get("csrf") or ""
        return self.http.post(path, data={"csrfmiddlewaretoken": token, **form})

    def address(self) -> str:
        """Open a reception and return its address."""
        found = re.search(r"<code>([^<]+)</code>", self.post("/account/data/receive/").text)
        assert found
        return found[1]


def _arrived(visitor: Visitor) -> str:
    """Wait for the worker, and return the page that says what became of the transfer."""
    for _ in range(100):
        page = visitor.page("/account/data/")
        if "arrived" in page or "did not arrive" in page:
            return page
        time.sleep(0.2)
    raise AssertionError("nothing was sent")


def test_what_a_person_provided_goes_from_one_installation_to_another(here: Site, there: Site) -> None:
    anne, bert = Visitor(here, "anne@example.org"), Visitor(there, "bert@example.org")
    address = bert.address()

    answer = anne.post("/account/data/send/", address=address)
    assert "Your data are being sent to 127.0.0.1." in answer.text
    assert "did not arrive" not in _arrived(anne)

    # Recorded: what was sent, where to, when; and by the other side, what it received. The token is nowhere.
    sent, received = (site.do("evidence", deed) for site, deed in ((here, "send_copy"), (there, "receive_copy")))
    assert (sent["to"], str(sent["status"])) == ("127.0.0.1", "201")
    assert sent["sha256"] == received["sha256"]
    assert address.rsplit("/", 1)[1] not in json.dumps([sent, received])

    # Shown before anything is applied.
    listed = re.search(r'href="(/account/data/received/[^"]+/)"', bert.page("/account/data/"))
    assert listed
    shown = bert.page(listed[1])
    assert "Anne Lambert-Planted" in shown
    assert "Anne Exemple" in shown
    assert "<td>Anne Exemple</td>" in bert.page("/account/data/")

    # The file is theirs; what is in it is what Anne provided, and follows the schema that comes with it.
    copy = ZipFile(BytesIO(bert.post(f"{listed[1]}file/").content))
    account = next(t for t in json.loads(copy.read("data.json"))["tables"] if t["table"] == "accounts.Person")
    said = {"email": "anne@example.org", "name": "Anne Lambert-Planted", "first_name": "", "language": "en"}
    assert account["rows"][0] == said | {"declared_age": None, "kept_until": None}

    bert.post(listed[1], what=["name"])
    assert "<td>Anne Lambert-Planted</td>" in bert.page("/account/data/")
    assert 'lang="en"' in bert.page("/account/data/")

    # Once is once.
    again = httpx.post(address, content=b"x", headers={"Content-Type": "application/zip"})
    assert (again.status_code, again.json()["title"][:26]) == (404, "Aucune copie n’est attendu")
    bert.post(listed[1], discard="yes")
    assert bert.http.get(listed[1]).status_code == 404


def test_a_token_that_does_not_fit_is_said_to_the_sender(here: Site, there: Site) -> None:
    bert = Visitor(here, "bert@example.org")
    bert.post("/account/data/send/", address=f"{there.origin}/account/transfers/made-up")
    page = _arrived(bert)
    assert "did not arrive" in page
    assert "has ended or was used already" in page


def test_hostile_files_are_refused_by_a_running_installation(there: Site) -> None:
    address = Visitor(there, "anne@example.org").address()
    bomb = BytesIO()
    with ZipFile(bomb, "w") as archive:
        archive.writestr("../../data.json", b"{}")
    for sent, kind, status in (
        (b"not a zip", "application/zip", 422),
        (bomb.getvalue(), "application/zip", 422),
        (b"name=x", "application/x-www-form-urlencoded", 422),
    ):
        answer = httpx.post(address, content=sent, headers={"Content-Type": kind, "Accept-Language": "en"})
        assert answer.status_code == status
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["title"].endswith(".")


def test_what_a_person_provided_is_given_to_them_whatever_it_rests_on(here: Site) -> None:
    anne = Visitor(here, "anne@example.org")
    answer = anne.post("/account/data/copy/", kind="portable")
    assert answer.headers["Content-Type"] == "application/zip"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    copy = ZipFile(BytesIO(answer.content))
    assert {"data.json", "schema.json"} <= set(copy.namelist())
    tables = json.loads(copy.read("data.json"))["tables"]
    assert all(column["provided"] for table in tables for column in table["columns"])


def test_nobody_unknown_gets_anything(here: Site) -> None:
    stranger = httpx.Client(base_url=here.origin)
    for path in ("/account/data/", "/account/data/send/"):
        assert stranger.get(path).headers["Location"] == "/account/rights/"
    assert stranger.get("/account/data/receive/").headers["Location"].startswith("/account/sign-in/")
    assert stranger.post("/account/data/copy/", data={"kind": "access"}).status_code == 302
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert stranger.post("/account/data/copy/", data={"kind": "access"}, headers=foreign).status_code == 403

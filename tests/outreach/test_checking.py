"""What is said of a campaign before it leaves: what stops it, what might make it spam, where its links lead."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from perron.outreach.models import Campaign
from perron.outreach.newsletter import checking, linking, writing
from perron.outreach.newsletter.writing import Written
from perron.privacy.acting import SYSTEM
from tests.outreach.readers import TEXT, basis, campaign

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.mark.parametrize(
    ("heading", "text", "said"),
    [
        ("", TEXT, "subject line is empty"),
        ("La carte", "", "no text"),
        ("LA CARTE DES TRAVAUX", TEXT, "subject line is in capitals"),
        ("Re: la carte", TEXT, "pretends to answer"),
        ("La carte !!", TEXT, "several signs"),
        ("La carte " * 12, TEXT, "108 characters"),
        ("La carte", "[Ici](https://perron.example/)", "little more than a link"),
        ("La carte", "Voilà.", "hardly any text"),
        ("La carte", f"{TEXT}\n\nTOUT EST NOUVEAU ICI", "line of the text is in capitals"),
        ("La carte", f"{TEXT} [Ici](http://perron.example/)", "http instead of https): http://perron.example/"),
        ("La carte", f"{TEXT} [Ici](/fr/)", "leads nowhere from a mail"),
        ("La carte", f"{TEXT} [banque.be](https://vol.example/)", "leads elsewhere than it says"),
        ("La carte", f"{TEXT} [Ici](https://perron.example/)", "who reads Nederlands, Deutsch, English: they get it"),
    ],
)
def test_what_might_be_wrong_is_said_in_plain_words(heading: str, text: str, said: str) -> None:
    message = Campaign(basis=basis(consent=True), headings={"fr": heading}, texts={"fr": text})
    findings = checking.find(message)
    assert any(said in each.sentence for each in findings), findings
    assert any(each.stops for each in findings) == (not heading or not text)


def test_nothing_is_said_of_a_plain_message() -> None:
    languages = ("fr", "nl", "de", "en")
    message = Campaign(
        basis=basis(consent=True),
        headings=dict.fromkeys(languages, "La carte des travaux"),
        texts=dict.fromkeys(
            languages, f"{TEXT} [La carte](https://perron.example/) [perron.example](https://perron.example/)"
        ),
    )
    assert checking.find(message) == []
    assert [each.stops for each in checking.find(Campaign(basis="nobody"))] == [True, True]


@pytest.fixture
def site() -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response({"/here": 200, "/busy": 503}.get(self.path, 404))
            self.end_headers()

        def do_GET(self) -> None:
            self.do_HEAD()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def test_dead_links_are_named_and_asked_for_once(site: int) -> None:
    at = f"http://127.0.0.1:{site}"
    message = campaign(fr=f"{TEXT} [a]({at}/here) [b]({at}/gone) [c]({at}/busy) [d](mailto:a@example.org)")
    options = {"ports": [site], "allow": ["127.0.0.1/32"]}
    assert linking.check_due(**options) == 3  # type: ignore[arg-type]
    assert linking.check_due(**options) == 0  # type: ignore[arg-type]
    message.refresh_from_db()
    assert message.links == {f"{at}/here": "fine", f"{at}/gone": "dead", f"{at}/busy": "unclear"}
    dead = [each.sentence for each in checking.find(message) if "dead" in each.sentence]
    assert len(dead) == 1
    assert f"{at}/gone" in dead[0]
    unclear = [each.sentence for each in checking.find(message) if "could not be checked" in each.sentence]
    assert [f"{at}/busy" in each for each in unclear] == [True], "nothing is passed in silence"
    written = Written(message.basis, message.headings, {"fr": TEXT})
    assert not writing.save(message, written, expected=1, by=SYSTEM).links_due

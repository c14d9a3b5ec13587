"""The studio of a community with 10,000 items: its first screen, and saving by itself, asked of a real server."""

import json
import re
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from django.conf import settings
from django.test import Client
from tests import making

from bench.rows import Row, at_most
from bench.servers import perron
from bench.towns import MANY, add
from perron.communities.models import Community
from perron.core.clock import now
from perron.privacy.acting import SYSTEM
from perron.project.preparing import prepare
from perron.publishing import drafting, releasing

ON_POSTGRESQL = True

ROUNDS, IN_A_ROUND = 5, 20
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_BODY = "Le marché s’étend de la place au quai. Les rues voisines restent ouvertes. " * 40


def rows() -> list[Row]:
    """Return the two rows."""
    session = _town()
    with perron() as server:
        browser = _Browser(server.origin, session)
        home = _median(lambda _round: browser.get("/studio/big/"))
        token, form, edition = _TOKEN.findall(browser.get("/studio/big/new/news/"))[0], str(uuid4()), 0
        address = "/studio/big/new/news/autosave/"

        def save(number: int) -> None:
            nonlocal address, edition
            answers = {"title_fr": f"Mot {number}", "body_fr": _BODY + str(number), "form": form, "edition": edition}
            told = browser.post(address, token, answers)
            address, edition = told["autosave"], told["edition"]

        saving = _median(save)
    return [
        at_most("studio's first screen, 10,000 items, median", home * 1000, "ms", 100),
        at_most("autosave, median", saving * 1000, "ms", 50),
    ]


def _town() -> str:
    """Make the community with its items, drafts and schedule, and an editor; return the editor's session."""
    prepare()
    big = making.community("big")
    making.platform(big)
    add(big, MANY)
    editor = making.person("editor@example.org", role="editor", at=big)
    for number in range(100):
        item = making.draft(at=big, by=editor.actor if number % 2 else SYSTEM, title=f"Brouillon {number}")
        drafting.save(item, making.content(title=f"Brouillon {number}, revu"), by=editor.actor, expected=1)
        if number % 5 == 0:
            releasing.schedule(item, now() + timedelta(days=1 + number), by=editor.actor, expected=2)
    Community.objects.filter(pk=big.pk).update(second_reader=True)
    return making.sign_in(Client(), editor)


class _Browser:
    """One connection that stays open, signed in."""

    def __init__(self, origin: str, session: str) -> None:
        self.connection = HTTPConnection(urlsplit(origin).netloc)
        self.origin = origin
        self.cookies = {settings.SESSION_COOKIE_NAME: session}

    def get(self, path: str) -> str:
        return self._ask("GET", path).decode()

    def post(self, path: str, token: str, answers: dict[str, object]) -> dict[str, Any]:
        body = urlencode(answers | {"csrfmiddlewaretoken": token})
        told: dict[str, Any] = json.loads(self._ask("POST", path, body))
        return told

    def _ask(self, method: str, path: str, body: str | None = None) -> bytes:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.origin}
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        data = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{method} {path}: {answer.status}")
        for cookie in answer.msg.get_all("Set-Cookie", []):
            name, _equals, rest = cookie.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return data


def _median(deed: Callable[[int], object]) -> float:
    """Return the median seconds of the quietest round, after one to warm up: others work on the machine too."""
    medians = []
    for number in range(ROUNDS + 1):
        times = []
        for again in range(IN_A_ROUND):
            start = time.perf_counter()
            deed(number * IN_A_ROUND + again)
            times.append(time.perf_counter() - start)
        medians.append(statistics.median(times))
    return min(medians[1:])

"""People who read, write to the operator and release, at a steady rate, and what each was answered."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPException
from itertools import count
from typing import Self

from django.conf import settings
from django.test import Client
from django.utils.crypto import get_random_string

from perron.communities.models import Community
from perron.delivery.models import Dispatch
from perron.delivery.releases import releases_due
from perron.letters.models import Letter
from perron.outreach.models import Conversation
from perron.publishing.models import Item, Release
from tests import making
from tests.cluster.machines import LETTER, ask, until

HOST = "app.example.org"
_NAME = "curious"
# At once, at most.
_PEOPLE = 200
# What a proxy says of a visitor.
FROM_PROXY = {"Host": HOST, "X-Forwarded-Proto": "https"}


@dataclass(frozen=True)
class Answer:
    """`status` is 0 where none came; `error` says why."""

    what: str
    about: str
    status: int
    seconds: float
    error: str = ""


@dataclass(frozen=True)
class Outcome:
    """What a scenario came to; `wrong` counts what must not be besides: an answer, a process that ended."""

    name: str
    lost: int
    doubled: int
    most_doubled: int
    doubled_rows: int
    wrong: int
    details: dict[str, object]

    @property
    def met(self) -> bool:
        return not (self.lost or self.doubled_rows or self.wrong) and self.doubled <= self.most_doubled


@dataclass
class Traffic:
    """Asks `ports` in turn, within a `with` block. What is released are drafts that were made before."""

    ports: list[int]
    town: Community
    drafts: int = 400
    answers: list[Answer] = field(default_factory=list)

    def __post_init__(self) -> None:
        editor = making.person(role="editor", at=self.town)
        making.app(editor)
        browser = Client()
        making.sign_in(browser, editor)
        browser.cookies[settings.CSRF_COOKIE_NAME] = secret = get_random_string(32)
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items())
        self._signed_in = {"Cookie": cookies, "X-CSRFToken": secret, "Origin": f"https://{HOST}"}
        self._drafts = [making.draft(at=self.town, title=f"Brouillon {n}").pk for n in range(self.drafts)]
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        # What waits for an answer keeps nobody else from asking.
        self._people = ThreadPoolExecutor(max_workers=_PEOPLE)
        deeds: list[tuple[Callable[[int], Answer], float]] = [
            (self._read, 8.0), (self._form, 2.0), (self._desk, 1.0), (self._write, 2.0), (self._release, 1.0)
        ]  # fmt: skip
        self._threads = [threading.Thread(target=self._go_on, args=deed, daemon=True) for deed in deeds]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()
        self._people.shutdown(cancel_futures=True)

    def said(self) -> dict[str, int]:
        """Return how often each thing got each status."""
        return dict(sorted(Counter(f"{each.what} {each.status} {each.error}".strip() for each in self.answers).items()))

    def failed(self) -> list[Answer]:
        """Return what was answered with an error of the server, or not at all."""
        return [each for each in self.answers if each.status == 0 or each.status >= 500]

    def promised(self, what: str) -> set[str]:
        """Return what somebody was told had been done."""
        return {each.about for each in self.answers if each.what == what and each.status == 302}

    def lost(self, arrived: Iterable[str]) -> int:
        """Count what was promised and is not there: `arrived` are the recipients of letters."""
        wrote = set(Conversation.stored.values_list("email", flat=True))
        out = set(map(str, Item.objects.filter(state=Item.State.RELEASED).values_list("pk", flat=True)))
        letters, releases = self.promised("letter"), self.promised("release")
        return len(letters - wrote) + len(letters - set(arrived)) + len(releases - out)

    def doubled(self) -> int:
        """Count rows that are there twice for one thing that was asked once."""
        wrote = Counter(Conversation.stored.filter(email__startswith=_NAME).values_list("email", flat=True))
        out = Counter(Release.objects.filter(item__in=self._drafts).values_list("item_id", flat=True))
        return sum(times - 1 for times in (*wrote.values(), *out.values()))

    def _go_on(self, deed: Callable[[int], Answer], per_second: float) -> None:
        begun = time.monotonic()
        for number in count():
            if self._over.wait(max(0.0, begun + number / per_second - time.monotonic())):
                return
            self._people.submit(self._note, deed, number)

    def _note(self, deed: Callable[[int], Answer], number: int) -> None:
        self.answers.append(deed(number))

    def _read(self, number: int) -> Answer:
        return self._ask("page", number, f"/fr/{self.town.slug}/")

    def _form(self, number: int) -> Answer:
        return self._ask("form", number, f"/fr/contact/?fresh={number}")

    def _desk(self, number: int) -> Answer:
        return self._ask("studio", number, f"/studio/{self.town.slug}/", signed_in=True)

    def _write(self, number: int) -> Answer:
        email = f"{_NAME}{number}.{self.town.slug}@example.org"
        return self._ask("letter", number, "/fr/contact/", about=email, fields=LETTER | {"email": email})

    def _release(self, number: int) -> Answer:
        item = str(self._drafts[number % len(self._drafts)])
        path = f"/studio/{self.town.slug}/items/{item}/release/"
        return self._ask("release", number, path, about=item, signed_in=True, fields={"edition": "1"})

    def _ask(
        self,
        what: str,
        number: int,
        path: str,
        *,
        about: str = "",
        signed_in: bool = False,
        fields: dict[str, str] | None = None,
    ) -> Answer:
        # Each from another address: how much one may send is limited.
        address = f"127.{random.randrange(1, 255)}.{number % 250}.{number // 250 % 250 + 1}"
        headers = FROM_PROXY | {"X-Real-IP": address} | (self._signed_in if signed_in else {})
        begun, status, error = time.monotonic(), 0, ""
        try:
            status, _ = ask(self.ports[number % len(self.ports)], path, headers=headers, address=address, fields=fields)
        except (OSError, HTTPException) as raised:
            error = repr(raised)
        return Answer(what, about, status, time.monotonic() - begun, error)


def is_well(port: int) -> bool:
    """Say whether the web server at `port` shows a page, and its tables are there."""
    try:
        return ask(port, "/fr/", headers=FROM_PROXY)[0] == ask(port, "/health", headers=FROM_PROXY)[0] == 200
    except OSError:
        return False


def until_all_has_left() -> None:
    """Wait until no letter and no message waits."""
    until(lambda: not Dispatch.objects.filter(ended_at=None).exists() and not releases_due().exists())
    until(lambda: not Letter.objects.filter(ended_at=None).exists())

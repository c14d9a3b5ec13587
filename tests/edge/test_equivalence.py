"""The edge in front of an application equals the application, whatever happens in which order."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from perron.communities.hosting import PathPlatforms
from perron.core import clock
from tests.edge import town
from tests.edge.asking import Answer, ask
from tests.edge.conftest import edge_around

PATHS = st.sampled_from(
    ["/page/one/", "/page/two/", "/page/three/", "/page/one/?view=week", "/page/one/?other=1", "/both/", "/hour/",
     "/dated/", "/careless/cookie/", "/careless/private/", "/forgotten/", "/streamed/", "/elsewhere/", "/unmarked/",
     "/studio/", "/nowhere/"]
)  # fmt: skip
ENCODINGS = st.sampled_from(["", "gzip", "br", "gzip, br;q=0.5", "identity;q=1, *;q=0"])
# What only the edge adds.
ADDED = {"etag", "vary", "accept-ranges", "content-encoding", "content-length"}


class Town(RuleBasedStateMachine):
    """News is released, time passes, the watcher looks or cannot, and people ask for pages in every way."""

    def __init__(self) -> None:
        super().__init__()
        town.news = town.News()
        self.application = PathPlatforms(WSGIHandler())
        self.broken = False
        self.now = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
        # What the town said since the watcher last looked: until it looks again, the edge may say any of it.
        self.said = [dict(town.news.texts)]
        self.tags: list[str] = ['"never given"']

    @initialize(memory=st.sampled_from([100, 20_000, 1_000_000]))
    def build(self, memory: int) -> None:
        self.edge = edge_around(town.news, memory)

    @rule(name=st.sampled_from(["one", "two"]), text=st.text(st.characters(codec="utf-8"), max_size=300))
    def release(self, name: str, text: str) -> None:
        town.news.release(name, text)
        self.said.append(dict(town.news.texts))

    @rule(name=st.sampled_from(["one", "two"]))
    def release_while_rendering(self, name: str) -> None:
        def interrupt() -> None:
            town.news.before_reading.clear()
            town.news.release(name, f"{town.news.texts[name]}!")
            self.look()

        town.news.before_reading.append(interrupt)
        self.get("/both/")
        town.news.before_reading.clear()

    @rule()
    def look(self) -> None:
        self.edge.watcher.look()
        self.edge.watcher.fresh_until = float("inf")
        self.said = [dict(town.news.texts)]

    @rule()
    def lose_the_database(self) -> None:
        """Knowledge grows old and cannot be renewed: from now on, the present is what counts."""
        self.edge.watcher.fresh_until = 0.0
        self.edge.watcher.wake = lambda: None  # type: ignore[method-assign]

    @rule(minutes=st.integers(1, 90))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(
        paths=st.lists(PATHS, min_size=1, max_size=8),
        encoding=ENCODINGS,
        method=st.sampled_from(["GET", "HEAD"]),
        visitor=st.sampled_from([{}, {"cookie": "name=Anne"}, {"accept_language": "nl", "user_agent": "a browser"}]),
    )
    def ask_for(self, paths: list[str], encoding: str, method: str, visitor: dict[str, str]) -> None:
        for path in paths:
            possible = self.possible(path, visitor)
            answer = self.get(path, method=method, accept_encoding=encoding, **visitor)
            head = method == "HEAD"
            assert (answer.status, b"" if head else answer.body, _common(answer)) in [
                (one.status, b"" if head else one.body, _common(one)) for one in possible
            ]
            if "etag" in answer.headers:
                self.tags.append(answer.headers["etag"])

    @rule(path=PATHS, encoding=ENCODINGS, which=st.data(), weak=st.booleans())
    def ask_whether_it_changed(self, path: str, encoding: str, which: st.DataObject, weak: bool) -> None:
        tags = which.draw(st.lists(st.sampled_from(self.tags), min_size=1, max_size=3, unique=True))
        full = self.get(path, accept_encoding=encoding)
        asked = ", ".join(f"W/{tag}" if weak else tag for tag in tags)
        answer = self.get(path, accept_encoding=encoding, if_none_match=asked)
        if full.headers.get("etag") in tags:
            assert (answer.status, answer.raw) == (304, b"")
        else:
            assert answer == full

    @rule(path=PATHS, encoding=ENCODINGS, first=st.integers(0, 400), length=st.integers(1, 400))
    def ask_for_a_part(self, path: str, encoding: str, first: int, length: int) -> None:
        full = self.get(path, accept_encoding=encoding)
        answer = self.get(path, accept_encoding=encoding, range=f"bytes={first}-{first + length - 1}")
        if "etag" not in full.headers:
            assert answer == full
        elif first < len(full.raw):
            assert (answer.status, answer.raw) == (206, full.raw[first : first + length])
        else:
            assert answer.status == 416

    @invariant()
    def memory_is_what_it_says(self) -> None:
        shelf = self.edge.shelf
        assert shelf.bytes == sum(page.size for page in shelf.pages.values()) <= shelf._memory
        assert set().union(*shelf._by_dependency.values()) == set(shelf.pages)

    def get(self, path: str, **more: Any) -> Answer:
        with clock.travel(self.now):
            return ask(self.edge, path, **more)

    def possible(self, path: str, visitor: dict[str, str]) -> list[Answer]:
        """What the application itself says now and, where the watcher has not looked since, said before."""
        relied_upon = self.edge.watcher.fresh_until > 0
        present, answers = town.news.texts, []
        for texts in self.said if relied_upon else [present]:
            town.news.texts = texts
            with clock.travel(self.now):
                answers.append(ask(self.application, path, **visitor))
        town.news.texts = present
        return answers


def test_the_edge_says_what_the_application_says(news: town.News) -> None:
    run_state_machine_as_test(Town, settings=settings(max_examples=100, stateful_step_count=40, deadline=None))


def _common(answer: Answer) -> dict[str, str]:
    return {
        name: value for name, value in answer.headers.items() if name not in ADDED and not name.startswith("perron-")
    }

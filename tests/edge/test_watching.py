"""How the edge learns of releases, and what it does while it cannot."""

import threading
from collections.abc import Mapping

import pytest

from perron.project.edge.layer import Edge
from perron.project.edge.shelf import Shelf
from perron.project.edge.watcher import Watcher
from tests.edge.asking import ask
from tests.edge.town import News


def test_while_the_versions_are_unknown_everything_passes_through(edge: Edge, news: News) -> None:
    ask(edge)
    news.release("one", "newer")
    edge.watcher.fresh_until = 0.0
    edge.watcher.wake = lambda: None  # type: ignore[method-assign]
    answers = [ask(edge, accept_encoding="br") for _ in range(2)]
    assert all(answer.body.startswith(b"newer") for answer in answers)
    assert news.rendered == 3
    # It is told apart by nothing: encoded and tagged like any other.
    assert answers[0] == answers[1]
    assert ask(edge, accept_encoding="br", if_none_match=answers[0].headers["etag"]).status == 304


def test_after_an_outage_only_what_changed_is_dropped(edge: Edge, news: News) -> None:
    ask(edge, "/page/one/")
    ask(edge, "/page/two/")
    edge.watcher.fresh_until = 0.0
    news.release("one", "newer")
    edge.watcher.look()
    assert [path for _, path, _ in edge.shelf.pages] == ["/page/two/"]


def test_a_failure_to_read_is_logged_once_and_ages_what_is_known(caplog: pytest.LogCaptureFixture) -> None:
    def read() -> Mapping[str, int]:
        raise OSError("no database")

    watcher = Watcher(Shelf(1000), read)
    watcher.look()
    watcher.look()
    assert watcher.fresh_until == 0.0
    assert len(caplog.records) == 1


def test_the_watcher_looks_again_by_itself_and_starts_once() -> None:
    looks = threading.Semaphore(0)

    def read() -> Mapping[str, int]:
        looks.release()
        return {}

    watcher = Watcher(Shelf(1000), read)
    watcher.wake()
    first = watcher._thread
    watcher.wake()
    assert watcher._thread is first
    for _ in range(3):
        assert looks.acquire(timeout=20)
    assert watcher.fresh_until > 0

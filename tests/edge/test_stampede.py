"""Many ask for the same page at once."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from perron.project.edge import rendering
from perron.project.edge.layer import Edge
from tests.edge.asking import Answer, ask
from tests.edge.town import News

CROWD = 12


type Rush = Callable[..., list[Answer]]


@pytest.fixture
def rush(edge: Edge, news: News, monkeypatch: pytest.MonkeyPatch) -> Rush:
    """Have a crowd ask for a path while the first one's rendering is held up until all the others wait."""
    held, waiting = threading.Event(), threading.Semaphore(0)

    class Counted(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waiting.release()
            return super().wait(timeout)

    monkeypatch.setattr(rendering, "threading", SimpleNamespace(Event=Counted, Lock=threading.Lock))

    def run(path: str, meanwhile: Callable[[], None] = lambda: None) -> list[Answer]:
        def hold() -> None:
            if not held.is_set():
                held.set()
                assert all(waiting.acquire(timeout=20) for _ in range(CROWD - 1))
                meanwhile()

        news.before_reading.append(hold)
        with ThreadPoolExecutor(CROWD) as crowd:
            return list(crowd.map(lambda _: ask(edge, path), range(CROWD)))

    return run


def test_a_stampede_renders_once(edge: Edge, news: News, rush: Rush) -> None:
    answers = rush("/page/one/")
    assert news.rendered == 1
    assert {(answer.status, answer.raw) for answer in answers} == {(200, ask(edge).raw)}


def test_a_stampede_fails_once_and_poisons_nothing(edge: Edge, news: News, rush: Rush) -> None:
    answers = rush("/failing/")
    assert news.rendered == 1
    assert {(answer.status, answer.raw) for answer in answers} == {(500, answers[0].raw)}
    assert not edge._renderer._running
    assert ask(edge, "/failing/").status == 500
    assert news.rendered == 2


def test_what_is_for_one_visitor_is_rendered_for_each(edge: Edge, news: News, rush: Rush) -> None:
    rush("/careless/cookie/")
    assert news.rendered == CROWD


def test_a_refusal_with_a_cookie_is_rendered_for_each(edge: Edge, news: News, rush: Rush) -> None:
    answers = rush("/careless/refusal/")
    assert {answer.status for answer in answers} == {403}
    assert news.rendered == CROWD


def test_who_waited_does_not_get_what_became_stale(edge: Edge, news: News, rush: Rush) -> None:
    def release() -> None:
        news.release("one", "newer")
        edge.watcher.look()

    answers = rush("/page/one/", meanwhile=release)
    # One was rendering before the release; whoever came later reads the news.
    assert sum(answer.body.startswith(b"first") for answer in answers) <= 1
    assert ask(edge).body.startswith(b"newer")

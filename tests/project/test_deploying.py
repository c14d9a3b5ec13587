"""A web server that restarts at a socket which is kept open answers everybody: those it had, and those who waited."""

import subprocess
import sys
import threading
import time
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests import prepared
from tests.cluster.machines import HAND_OVER, PATIENCE, listening
from tests.project.test_processes import PERRON, _environment

pytestmark = pytest.mark.once


@pytest.mark.skipif(sys.platform != "linux", reason="sockets are handed over by systemd")
def test_nobody_is_refused_while_it_restarts(tmp_path: Path) -> None:
    prepared.copy_to(tmp_path)
    statuses: list[int] = []
    over = threading.Event()

    def ask() -> None:
        while not over.is_set():
            asking = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
            try:
                asking.request("GET", "/health")
                statuses.append(asking.getresponse().status)
            except OSError:
                statuses.append(0)
            asking.close()

    with listening() as kept:
        port = kept.getsockname()[1]
        people = [threading.Thread(target=ask) for _ in range(2)]
        server = _serve(tmp_path, kept.fileno(), port)
        for person in people:
            person.start()
        try:
            for _ in range(2):
                _until_more(statuses)
                server.terminate()
                assert server.wait(PATIENCE) == 0
                server = _serve(tmp_path, kept.fileno(), port)
            _until_more(statuses)
        finally:
            over.set()
            for person in people:
                person.join(PATIENCE)
            server.kill()
            server.wait()
    assert set(statuses) == {200}


def _serve(home: Path, descriptor: int, port: int) -> "subprocess.Popen[bytes]":
    serving = [*PERRON, "serve", "--without-worker", "--port", str(port)]
    environment = _environment(home) | {"PERRON_ORIGIN": f"http://127.0.0.1:{port}"}
    command = [sys.executable, "-c", HAND_OVER, str(descriptor), *serving]
    return subprocess.Popen(command, env=environment, pass_fds=[descriptor], stdout=subprocess.DEVNULL)


def _until_more(statuses: list[int]) -> None:
    seen, ends = len(statuses), time.monotonic() + PATIENCE
    while len(statuses) < seen + 20:
        assert time.monotonic() < ends, "nobody answers"
        time.sleep(0.02)

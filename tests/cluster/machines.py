"""Processes of one installation over PostgreSQL and RabbitMQ, started and stopped as a machine's systemd does it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import IO, Self
from urllib.parse import urlencode

from django.db import DatabaseError, InterfaceError, connection

from tests.project.test_processes import _free_port

# As `program.py` has it.
IN_FLIGHT, LEASE = 5, 6.0
# How long before something counts as broken; nothing here is about speed.
PATIENCE = 240.0
PROGRAM = [sys.executable, "-m", "tests.cluster.program"]
# What systemd does for a unit with a socket: the descriptor is the third, and the environment says so.
HAND_OVER = """import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ |= {"LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid())}
os.execv(sys.argv[2], sys.argv[2:])"""

LETTER = {"first_name": "Anne", "name": "Petit", "email": "curious@example.org", "heading": "Question", "text": "Oui?"}


@dataclass
class WebServer:
    """`perron serve` at a port; with `kept`, at a socket that stays open while it restarts."""

    port: int
    process: "subprocess.Popen[bytes]"
    kept: socket.socket | None = None


@dataclass
class Nursery:
    """Starts workers at once, in place of the seconds that Python takes: most kills would meet one that only starts."""

    environment: dict[str, str]
    workers: list[int] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [*PROGRAM, "nursery"], env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(self, *_: object) -> None:
        for worker in list(self.workers):
            self.kill(worker)
        self._process.kill()
        self._process.communicate()

    def start(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write("one more\n")
        self._process.stdin.flush()
        self.workers.append(int(self._process.stdout.readline()))

    def kill(self, worker: int) -> None:
        self.workers.remove(worker)
        os.kill(worker, signal.SIGKILL)
        until(lambda: not Path(f"/proc/{worker}").exists(), every=0.01)


@dataclass
class Cluster:
    """Web servers and workers that share a database, a broker and a folder."""

    environment: dict[str, str]
    # Where what they log goes; None: where it goes here.
    log: IO[bytes] | None = None
    workers: "list[subprocess.Popen[bytes]]" = field(default_factory=list)
    servers: list[WebServer] = field(default_factory=list)

    @property
    def ports(self) -> list[int]:
        return [server.port for server in self.servers]

    def start_worker(self) -> None:
        self.workers.append(self._start("worker"))

    def start_server(self, *options: str, kept_open: bool = False) -> None:
        kept = listening() if kept_open else None
        port = kept.getsockname()[1] if kept else _free_port()
        self.servers.append(WebServer(port, self._serve(port, kept, *options), kept))

    def restart_server(self, server: WebServer, *options: str) -> None:
        """Stop it with a SIGTERM, and start it when it has ended."""
        server.process.terminate()
        assert server.process.wait(PATIENCE) == 0
        server.process = self._serve(server.port, server.kept, *options)

    def restart_worker(self, worker: "subprocess.Popen[bytes]") -> None:
        """Stop it with a SIGTERM, and start another when it has ended."""
        worker.terminate()
        assert worker.wait(PATIENCE) == 0
        self.workers.remove(worker)
        self.start_worker()

    def acted(self) -> list[str]:
        file = Path(self.environment["PERRON_HOME"]) / "acted"
        return file.read_text().splitlines() if file.exists() else []

    def answers(self, port: int, path: str = "/fr/liege/") -> bool:
        try:
            return ask(port, path)[0] == 200
        except OSError:
            return False

    def end(self) -> None:
        for process in (*self.workers, *(server.process for server in self.servers)):
            # Its web processes go with it.
            if process.poll() is None:
                os.kill(process.pid, signal.SIGKILL)
            process.wait()
        for server in self.servers:
            if server.kept:
                server.kept.close()

    def _serve(self, port: int, kept: socket.socket | None, *options: str) -> "subprocess.Popen[bytes]":
        arguments = ("serve", "--port", str(port), *(options or ["--without-worker"]))
        if kept is None:
            return self._start(*arguments)
        handing = [sys.executable, "-c", HAND_OVER, str(kept.fileno()), *PROGRAM, *arguments]
        return subprocess.Popen(
            handing, env=self.environment, start_new_session=True, pass_fds=[kept.fileno()],
            stdout=subprocess.DEVNULL, stderr=self.log,
        )  # fmt: skip

    def _start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [*PROGRAM, *arguments],
            env=self.environment,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=self.log,
        )


@contextmanager
def running(
    home: Path,
    database: str,
    mail: str,
    broker: str = "",
    *,
    workers: int = 3,
    log: IO[bytes] | None = None,
    **settings: str,
) -> Iterator[Cluster]:
    """Run workers, with Celery where there is a `broker`; `start_server` adds web servers."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PERRON_")}
    own = {"PERRON_HOME": str(home), "PERRON_DATABASE": database, "PERRON_MAIL": mail} | settings
    if broker:
        own |= {"PERRON_TASKS": "celery", "PERRON_BROKER": broker}
    cluster = Cluster(inherited | own, log)
    try:
        for _ in range(workers):
            cluster.start_worker()
        yield cluster
    finally:
        cluster.end()


def ask(
    port: int,
    path: str,
    *,
    headers: dict[str, str] | None = None,
    address: str = "127.0.0.1",
    fields: dict[str, str] | None = None,
) -> tuple[int, str]:
    """Ask once over a connection of its own; with `fields`, post them. Raises `OSError` and `HTTPException`."""
    asking = HTTPConnection("127.0.0.1", port, timeout=PATIENCE, source_address=(address, 0))
    said = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"} | (headers or {})
    try:
        asking.request("POST" if fields else "GET", path, urlencode(fields) if fields else None, said)
        answer = asking.getresponse()
        return answer.status, answer.read().decode()
    finally:
        asking.close()


def until(condition: Callable[[], bool], *, patience: float = PATIENCE, every: float = 0.1) -> None:
    """Wait for it; while the database is away, it is not so."""
    ends = time.monotonic() + patience
    while not _holds(condition):
        assert time.monotonic() < ends, "it did not come about"
        time.sleep(every)


def _holds(condition: Callable[[], bool]) -> bool:
    try:
        return condition()
    except (DatabaseError, InterfaceError):
        connection.close()
        return False


def listening() -> socket.socket:
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind(("127.0.0.1", 0))
    made.listen(2048)
    return made

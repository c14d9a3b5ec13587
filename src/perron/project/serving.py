"""The processes of one installation: granian with its web processes, and the worker beside it."""

import copy
import ctypes
import importlib
import logging
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connections
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server
from granian.server.common import AbstractServer

# Two threads per web process: Python runs one at a time, the other one serves while the first waits for the database.
THREADS = 2
# A worker that ends this many times within the window is not restarted again.
_MOST_ENDS = 5
_WINDOW = 60.0
_GRACE = 10
_PR_SET_PDEATHSIG = 1

_log = logging.getLogger(__name__)


class PortTaken(Exception):
    """The address cannot be listened on; the message says why."""


@dataclass(frozen=True)
class Address:
    """Where to listen."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}/"


def web_server(
    address: Address, *, processes: int, target: str = "perron.project.wsgi:application"
) -> AbstractServer[Any]:
    """Return granian for `target`, without an access log: it would hold addresses."""
    return Server(
        target,
        address=address.host,
        port=address.port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=THREADS,
        backpressure=512,
        backlog=2048,
        http1_settings=HTTP1Settings(header_read_timeout=15_000),
        respawn_failed_workers=True,
        workers_kill_timeout=_GRACE,
        log_access=False,
        log_level=LogLevels.warning,
        log_dictconfig=copy.deepcopy(settings.LOGGING),
    )


def serve(address: Address, *, processes: int, with_worker: bool, announce: Callable[[], None]) -> int:
    """Run web server and, `with_worker`, a worker until a signal stops them; return the exit status.

    A web process or worker that ends is replaced; one that keeps ending takes everything down. Raises `PortTaken`.
    """
    check_free(address)
    # The web processes are forks: a database connection must not be shared with them.
    connections.close_all()
    server = web_server(address, processes=processes)
    worker = Worker(give_up=server.signal_handler_interrupt)
    if with_worker:
        server.on_startup(worker.start)
    server.on_startup(threading.Thread(target=_when_open, args=(address, announce), daemon=True).start)
    server.on_shutdown(worker.stop)
    server.serve(target_loader=load, wrap_loader=True)
    return 1 if worker.failed else 0


def load(target: str) -> Any:
    """In a new web process: return the application `module:name`, and tie the process to the one that started it."""
    # Ctrl-C goes to the whole group of processes: told twice to stop, granian's processes would hang.
    os.setpgrp()
    # Until granian listens to signals here, they must not run what a fork inherited.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    starter = multiprocessing.parent_process()
    if starter is not None and starter.pid != os.getppid():
        sys.exit(1)
    module, _, name = target.partition(":")
    return getattr(importlib.import_module(module), name)


def check_free(address: Address) -> None:
    """Raise `PortTaken` if nothing can listen at `address` now."""
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as trial:
            # As the server does, so that the remains of closed connections do not count.
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(where)
            trial.listen()
    except OSError as error:
        raise PortTaken(f"Nothing can listen at {address.host} port {address.port}: {error.strerror}.") from error


def _when_open(address: Address, announce: Callable[[], None]) -> None:
    while True:
        try:
            socket.create_connection((address.host, address.port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            announce()
            return


class Worker:
    """`perron worker` as a child process, restarted when it ends unasked."""

    def __init__(self, *, give_up: Callable[[], None]) -> None:
        self.failed = False
        self._give_up = give_up
        self._stopping = threading.Event()
        self._spawning = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._watcher = threading.Thread(target=self._watch, name="worker-watcher", daemon=True)

    def start(self) -> None:
        """Start it, and watch it from a thread."""
        self._spawn()
        self._watcher.start()

    def stop(self) -> None:
        """Ask it to end, and see that it does."""
        with self._spawning:
            self._stopping.set()
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def _spawn(self) -> subprocess.Popen[bytes]:
        # In a session of its own, so that Ctrl-C reaches it only through `stop`.
        command = [sys.executable, "-m", "perron.project.commandline", "worker", "--parent", str(os.getpid())]
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603
        return self._process

    def _watch(self) -> None:
        ends: list[float] = []
        while self._process is not None:
            status = self._process.wait()
            if self._stopping.is_set():
                return
            ends = [end for end in ends if time.monotonic() - end < _WINDOW] + [time.monotonic()]
            if len(ends) >= _MOST_ENDS:
                _log.error("The worker ended %s times within a minute; Perron stops.", len(ends))
                self.failed = True
                self._give_up()
                return
            _log.error("The worker ended with status %s; it is started again.", status)
            self._stopping.wait(len(ends))
            with self._spawning:
                if self._stopping.is_set():
                    return
                self._spawn()

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
from typing import Any

from django.conf import settings
from django.db import connections
from granian._granian import SocketHolder
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server
from granian.server.common import AbstractServer
from granian.server.mp import MPServer

from perron.project.listening import Address, opened

# Two threads per web process: Python runs one at a time, the other one serves while the first waits for the database.
THREADS = 2
# A worker that ends this many times within the window is not restarted again.
_MOST_ENDS = 5
_WINDOW = 60.0
_GRACE = 10
# Connections that may wait to be taken.
_WAITING = 2048
_PR_SET_PDEATHSIG = 1

_FORKS = sys.platform == "linux"
if _FORKS:
    multiprocessing.set_start_method("fork", force=True)

_log = logging.getLogger(__name__)


class OneSocketServer(MPServer):
    """granian whose web processes take connections from one socket, so that those that wait outlive a process.

    By itself it opens one for each, and what waits at that of a process that ends is reset.
    """

    def _init_shared_socket(self) -> None:
        self._sso = opened(Address(self.bind_addr, self.bind_port))
        # A web process begins to listen when it can answer.
        self._shd = SocketHolder(self._sso.fileno(), False, _WAITING)  # type: ignore[call-arg, assignment]


def web_server(
    address: Address, *, processes: int, target: str = "perron.project.wsgi:application"
) -> AbstractServer[Any]:
    """Return granian for `target`, without an access log: it would hold addresses."""
    return (OneSocketServer if _FORKS else Server)(
        target,
        address=address.host,
        port=address.port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=THREADS,
        backpressure=512,
        backlog=_WAITING,
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


def _when_open(address: Address, announce: Callable[[], None]) -> None:
    while True:
        try:
            with socket.create_connection((address.host, address.port), timeout=1) as trial:
                # At a socket that was handed over, connecting says nothing: it is the answer that counts, here a 400.
                trial.sendall(b"?\r\n\r\n")
                if trial.recv(1):
                    announce()
                    return
        except OSError:
            pass
        time.sleep(0.05)


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

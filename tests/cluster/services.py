"""PostgreSQL and RabbitMQ of one's own, on loopback, which may be restarted and killed: nobody else uses them."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from kombu.connection import Connection

from tests.project.test_processes import _free_port

# How long before something counts as broken; nothing here is about speed.
PATIENCE = 120.0
_BROKER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")


def missing() -> str:
    """Return what is not installed here, or "" if nothing is missing."""
    programs = {"PostgreSQL": _postgresql() != Path(), "RabbitMQ": _BROKER.exists(), "epmd": shutil.which("epmd")}
    absent = [name for name, there in programs.items() if not there]
    return f"not installed here: {', '.join(absent)}" if absent else ""


@dataclass
class PostgreSQL:
    """A cluster of databases with one of them, `perron`, whose role is as docs/install.md has it."""

    folder: Path
    port: int

    @property
    def url(self) -> str:
        return f"postgresql://perron@127.0.0.1:{self.port}/perron"

    def start(self) -> None:
        quick = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder}"
        self._control("start", "-o", quick, "-l", str(self.folder / "log"))

    def stop(self) -> None:
        """Shut down as a package's upgrade does: whoever is connected is cut off."""
        self._control("stop", "-m", "fast")

    def crash(self) -> None:
        """Kill it with all that it runs, as by a loss of power: the next start recovers from the log."""
        postmaster = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        children = _children(postmaster)
        for process in (postmaster, *children):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        _until_gone(postmaster, *children)

    def create(self) -> None:
        _as_postgres(str(_postgresql() / "initdb"), "-D", str(self.folder / "data"), "-U", "postgres",
                     "--auth=trust", "--encoding=UTF8", "--no-sync")  # fmt: skip
        self.start()
        with psycopg.connect(f"postgresql://postgres@127.0.0.1:{self.port}/postgres", autocommit=True) as server:
            server.execute("CREATE ROLE perron LOGIN")
            server.execute("CREATE DATABASE perron OWNER perron ENCODING 'UTF8' TEMPLATE template0")

    def _control(self, *what: str) -> None:
        _as_postgres(str(_postgresql() / "pg_ctl"), "-D", str(self.folder / "data"), "-w", "-t", "60", *what)


@dataclass
class RabbitMQ:
    """A node by itself, with a cookie, names and folders of its own."""

    folder: Path
    port: int
    names: int
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self.port}//"

    def start(self) -> None:
        own = {
            "HOME": self.folder, "ERL_EPMD_PORT": self.names, "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"perron{self.port}@localhost", "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": self.port, "RABBITMQ_DIST_PORT": _free_port(),
            "RABBITMQ_MNESIA_BASE": self.folder / "mnesia", "RABBITMQ_LOG_BASE": self.folder / "log",
            "RABBITMQ_ENABLED_PLUGINS_FILE": self.folder / "plugins", "RABBITMQ_CONFIG_FILE": self.folder / "config",
            "RABBITMQ_CONF_ENV_FILE": self.folder / "environment", "RABBITMQ_PID_FILE": self.folder / "pid",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        }  # fmt: skip
        environment = {"PATH": os.environ["PATH"]} | {name: str(value) for name, value in own.items()}
        with (self.folder / "out").open("ab") as out:
            self.process = subprocess.Popen([_BROKER], env=environment, stdout=out, stderr=out, start_new_session=True)
        ends = time.monotonic() + PATIENCE
        while not self._answers():
            assert time.monotonic() < ends, (self.folder / "out").read_text()
            time.sleep(0.2)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def crash(self) -> None:
        self._end(signal.SIGKILL)

    def hang(self) -> None:
        """Have it answer nobody, though its port is open."""
        os.kill(int((self.folder / "pid").read_text()), signal.SIGSTOP)

    def go_on(self) -> None:
        os.kill(int((self.folder / "pid").read_text()), signal.SIGCONT)

    def _end(self, number: int) -> None:
        assert self.process
        # The shell that it was started from, and the machine of Erlang, each by its number.
        everybody = [self.process.pid, *_children(self.process.pid)]
        for process in everybody if number == signal.SIGKILL else everybody[:1]:
            with suppress(ProcessLookupError):
                os.kill(process, number)
        self.process.wait(PATIENCE)
        _until_gone(*everybody)

    def _answers(self) -> bool:
        try:
            with Connection(self.url, connect_timeout=2) as trial:
                trial.connect()
        except OSError:
            return False
        return True


@contextmanager
def postgresql(folder: Path) -> Iterator[PostgreSQL]:
    """Run PostgreSQL in a folder of its own, which the system's user postgres must be able to reach."""
    shutil.chown(folder, "postgres")
    server = PostgreSQL(folder, _free_port())
    try:
        server.create()
        yield server
    finally:
        with suppress(subprocess.CalledProcessError):
            server.stop()


@contextmanager
def rabbitmq(folder: Path) -> Iterator[RabbitMQ]:
    """Run RabbitMQ, with a daemon of its own that knows the names of nodes."""
    names = _free_port()
    directory = subprocess.Popen(["epmd", "-port", str(names), "-address", "127.0.0.1"])
    broker = RabbitMQ(folder, _free_port(), names)
    try:
        broker.start()
        yield broker
    finally:
        if broker.process and broker.process.poll() is None:
            broker.stop()
        directory.terminate()
        directory.wait()


def _postgresql() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    return found[-1] if found else Path()


def _as_postgres(*command: str) -> None:
    # Nothing may hold on to what this process writes to: what is started goes on.
    subprocess.run(["runuser", "-u", "postgres", "--", *command], check=True, cwd="/", stdout=subprocess.DEVNULL)


def _children(parent: int) -> Sequence[int]:
    found = subprocess.run(["pgrep", "-P", str(parent)], check=False, capture_output=True, text=True).stdout
    return [int(line) for line in found.split()]


def _until_gone(*processes: int) -> None:
    # Those that nobody has waited for yet count as there, to PostgreSQL as well.
    ends = time.monotonic() + PATIENCE
    while any(Path(f"/proc/{process}").exists() for process in processes):
        assert time.monotonic() < ends, "it did not end"
        time.sleep(0.05)

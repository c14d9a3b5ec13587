"""A running installation with the content of `town.py`: for the browser tests, and for the bench of a first visit."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg

_ROOT = Path(__file__).resolve().parent.parent.parent
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


class NotStarted(Exception):
    """The server ended or does not answer; the message is its log."""


@dataclass
class Site:
    """A running installation: where it answers, and what there is in it."""

    origin: str
    environment: dict[str, str]
    town: str = "tests.browser.town"
    items: dict[str, str] = field(default_factory=dict)

    def do(self, *arguments: str) -> dict[str, str]:
        """Run the module `town` in the installation and return its answer."""
        command = [sys.executable, "-m", self.town, *arguments]
        done = subprocess.run(command, cwd=_ROOT, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return dict(json.loads(done.stdout or "{}"))


@contextlib.contextmanager
def served(
    home: Path, *, town: str = "tests.browser.town", settings: str = "perron.project.settings"
) -> Iterator[Site]:
    """Serve a new installation in `home`, filled by `town`, as `perron serve` does, and stop it in the end.

    Raises `NotStarted`.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with _database() as database:
        environment = {name: value for name, value in os.environ.items() if name != "PERRON_DATABASE"}
        environment |= {
            "PERRON_HOME": str(home),
            "DJANGO_SETTINGS_MODULE": settings,
            "PYTHONPATH": str(_ROOT),
            "PERRON_ORIGIN": f"http://127.0.0.1:{port}",
        }
        environment |= {"PERRON_DATABASE": database} if database else {}
        site = Site(f"http://127.0.0.1:{port}", environment, town)
        site.items = site.do()
        with (home / "server.log").open("wb") as log:
            command = [str(Path(sys.executable).with_name("perron")), "serve", "--port", str(port)]
            server = subprocess.Popen(command, cwd=home, env=environment, stdout=log, stderr=log)
            try:
                _wait_for(f"{site.origin}/health", server, home / "server.log")
                yield site
            finally:
                server.terminate()
                server.wait(30)


def find_chromium() -> str | None:
    """Return the path of Debian's Chromium, installed first where that is possible; None if there is none."""
    if found := shutil.which("chromium"):
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        with contextlib.suppress(subprocess.SubprocessError):
            install = ["apt-get", "install", "--yes", "--no-install-recommends", "chromium"]
            subprocess.run(install, timeout=180, capture_output=True, check=True)
    return shutil.which("chromium")


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        with contextlib.suppress(OSError):
            urllib.request.urlopen(address, timeout=5).close()
            return
        if server.poll() is not None:
            break
        time.sleep(0.1)
    raise NotStarted(log.read_text())


@contextlib.contextmanager
def _database() -> Iterator[str]:
    """Yield the address of an empty PostgreSQL database beside that of `PERRON_DATABASE`; "" where that is not set."""
    given = os.environ.get("PERRON_DATABASE", "")
    if not given:
        yield ""
        return
    name = f"perron_browser_{uuid4().hex[:8]}"
    with psycopg.connect(given, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield urlsplit(given)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

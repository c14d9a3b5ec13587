"""A running installation with the content of `town.py`: for the browser tests, and for the bench of a first visit."""

import contextlib
import email
import email.policy
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright

from tests import prepared

_ROOT = Path(__file__).resolve().parent.parent.parent
_TOWN, _ITEMS = "tests.browser.town", "town.json"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


class NotStarted(Exception):
    """The server ended or does not answer; the message is its log."""


@dataclass
class Site:
    """A running installation: where it answers, and what there is in it."""

    origin: str
    environment: dict[str, str]
    town: str = _TOWN
    items: dict[str, str] = field(default_factory=dict)

    def do(self, *arguments: str) -> dict[str, str]:
        """Run the module `town` in the installation and return its answer."""
        command = [sys.executable, "-m", self.town, *arguments]
        done = subprocess.run(command, cwd=_ROOT, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return dict(json.loads(done.stdout or "{}"))

    def link_to(self, address: str) -> str:
        """Return where the first link of the newest letter to somebody leads, once the worker has posted it."""
        for _ in range(300):
            for path in sorted(self.outbox.glob("*.eml"), reverse=True):
                mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
                if mail["To"] == address and (text := mail.get_body(("plain",))):
                    link = re.search(r"http://[^/]+(/\S+)", text.get_content())
                    assert link, text.get_content()
                    return link[1]
            time.sleep(0.1)
        raise AssertionError(f"no letter to {address}")

    @property
    def outbox(self) -> Path:
        """The folder of mails of an installation without a mail server."""
        return Path(self.environment["PERRON_HOME"]) / "outbox"


@contextlib.contextmanager
def served(home: Path, *, town: str = _TOWN, settings: str = "perron.project.settings") -> Iterator[Site]:
    """Serve a new installation in `home`, filled by `town`, as `perron serve` does, and stop it in the end.

    On SQLite, what the browser tests look at is made once per run, its secret included, and copied.
    Raises `NotStarted`.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    given = os.environ.get("PERRON_DATABASE", "")
    is_copied = town == _TOWN and not given
    if is_copied:
        shutil.copytree(prepared.made_once("town", _fill), home, dirs_exist_ok=True)
    else:
        prepared.copy_to(home)
    with contextlib.ExitStack() as stack:
        database = given and stack.enter_context(prepared.another_database(given))
        site = _site(home, f"http://127.0.0.1:{port}", town, settings)
        site.environment |= {"PERRON_DATABASE": database} if database else {}
        site.items = json.loads((home / _ITEMS).read_text()) if is_copied else site.do()
        with (home / "server.log").open("wb") as log:
            command = [str(Path(sys.executable).with_name("perron")), "serve", "--port", str(port)]
            server = subprocess.Popen(command, cwd=home, env=site.environment, stdout=log, stderr=log)
            try:
                _wait_for(f"{site.origin}/health", server, home / "server.log")
                yield site
            finally:
                server.terminate()
                server.wait(30)


def _site(home: Path, origin: str, town: str, settings: str) -> Site:
    environment = {name: value for name, value in os.environ.items() if name != "PERRON_DATABASE"}
    environment |= {
        "PERRON_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": settings,
        "PYTHONPATH": str(_ROOT),
        "PERRON_ORIGIN": origin,
    }
    return Site(origin, environment, town)


def _fill(home: Path) -> None:
    prepared.copy_to(home)
    # Nothing that is kept there names the origin: each copy answers at its own.
    items = _site(home, "http://127.0.0.1", _TOWN, "perron.project.settings").do()
    (home / _ITEMS).write_text(json.dumps(items))


def sign_in(context: BrowserContext, site: Site, who: str) -> None:
    """Have the browser signed in as one of the town's staff."""
    context.add_cookies([{"name": "session", "value": site.items[f"session {who}"], "url": site.origin}])


@contextlib.contextmanager
def launched(playwright: Playwright, path: str | None) -> Iterator[Browser]:
    """Run the Chromium at `path` for tests; without one, skip them, or let them fail in CI."""
    if path is None:
        reason = "there is no Chromium here (Debian: apt install chromium)"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
    yield browser
    browser.close()


def find_chromium() -> str | None:
    """Return the path of Debian's Chromium, installed first where that is possible; None if there is none.

    The build without windows comes first: what it does for a visit costs less than half.
    """
    return find_program("chromium-headless-shell") or find_program("chromium")


def find_program(package: str) -> str | None:
    """Return the path of the program of this name, whose Debian package is installed first where that is possible."""
    if shutil.which(package) is None and os.geteuid() == 0 and shutil.which("apt-get"):
        # Workers ask at the same time; and what another version of Chromium needs is not taken from it.
        command = ["apt-get", "-o", "DPkg::Lock::Timeout=60", "-o", "Acquire::http::Timeout=10"]
        command += ["install", "--yes", "--no-install-recommends", "--no-remove", package]
        with contextlib.suppress(subprocess.SubprocessError):
            subprocess.run(command, timeout=180, capture_output=True, check=True)
    return shutil.which(package)


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        with contextlib.suppress(OSError):
            urllib.request.urlopen(address, timeout=5).close()
            return
        if server.poll() is not None:
            break
        time.sleep(0.1)
    raise NotStarted(log.read_text())

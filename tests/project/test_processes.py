"""`perron serve` as it is run: real processes, a database of their own, requests by HTTP."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests import prepared

pytestmark = pytest.mark.once

PERRON = [sys.executable, "-m", "perron.project.commandline"]
# How long before something counts as broken; nothing here is about speed.
PATIENCE = 60.0

_PREPARE = "from tests import making; making.platform(making.community('liege')); making.released()"
_RELEASE = "from tests import making; making.released(title='Released elsewhere')"


@dataclass
class Server:
    process: "subprocess.Popen[str]"
    port: int

    def get(self, path: str, host: str = "127.0.0.1", **headers: str) -> tuple[int, str, dict[str, str]]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.request("GET", path, headers={"Host": f"{host}:{self.port}"} | headers)
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        return answer.status, body, {name.lower(): value for name, value in answer.getheaders()}

    def children(self) -> list[int]:
        listed = subprocess.run(
            ["pgrep", "-P", str(self.process.pid)], check=False, capture_output=True, text=True
        ).stdout
        return [int(line) for line in listed.split()]


@contextmanager
def serving(home: Path, *options: str) -> Iterator[Server]:
    port = _free_port()
    process = subprocess.Popen(
        [*PERRON, "serve", "--port", str(port), *options],
        env=_environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout
        assert process.stdout.readline() == f"Perron is at http://127.0.0.1:{port}/ (Ctrl-C stops it).\n"
        yield Server(process, port)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=PATIENCE)


def test_a_release_in_one_process_shows_in_all_others(tmp_path: Path) -> None:
    prepared.copy_to(tmp_path)
    _run(tmp_path, _PREPARE)
    with serving(tmp_path, "--workers", "2") as server:
        assert "Marché de Noël" in server.get("/fr/liege/")[1]
        _run(tmp_path, _RELEASE)
        # Each request is a new connection, so both web processes get their share.
        _until(lambda: all("Released elsewhere" in server.get("/fr/liege/")[1] for _ in range(8)))
        kept = server.get("/fr/liege/")[2]
        assert server.get("/fr/liege/", **{"If-None-Match": kept["etag"]})[0] == 304


def test_the_first_start_makes_everything_and_ctrl_c_leaves_nobody_behind(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
        assert server.get("/fr/")[0] in {200, 404}
        assert server.get("/fr/", host="evil.example")[0] == 400
        everybody = server.children()
        assert len(everybody) == 2
        os.killpg(server.process.pid, signal.SIGINT)
        output, _ = server.process.communicate(timeout=PATIENCE)
        assert server.process.returncode == 0
        _until(lambda: not any(Path(f"/proc/{child}").exists() for child in everybody))
    assert "127.0.0.1" not in output


def test_a_worker_that_dies_is_replaced(tmp_path: Path) -> None:
    prepared.copy_to(tmp_path)
    with serving(tmp_path) as server:
        before = set(server.children())
        worker = next(child for child in before if b"--parent" in Path(f"/proc/{child}/cmdline").read_bytes())
        os.kill(worker, signal.SIGKILL)
        _until(lambda: len(set(server.children()) - {worker}) == 2)
        server.process.terminate()
        assert server.process.wait(PATIENCE) == 0


def test_a_style_that_was_edited_is_served_after_the_next_start(tmp_path: Path) -> None:
    prepared.copy_to(tmp_path)
    collected = tmp_path / "static" / "screens" / "perron.css"
    stamp = (tmp_path / "static" / "collected").read_text()
    collected.write_text("/* not what the source says */")
    _run(tmp_path, "from perron.project.preparing import prepare; prepare()")
    assert collected.read_text() == "/* not what the source says */"
    _pretend_an_older_build(tmp_path / "static", stamp)
    _run(tmp_path, "from perron.project.preparing import prepare; prepare()")
    assert collected.read_text() != "/* not what the source says */"
    assert list(collected.parent.glob("perron.*.css.br"))
    # Web processes of the build before, which a deploy replaces one by one, and open pages have theirs meanwhile.
    left = {path.name for path in collected.parent.glob("before*")}
    assert left == {"before.0123456789ab.css", "before.0123456789ab.css.br"}


def _pretend_an_older_build(static: Path, stamp: str) -> None:
    for name in ("before.css", "before.0123456789ab.css", "before.0123456789ab.css.br", "before.ba9876543210.css"):
        (static / "screens" / name).write_text("/* of an earlier build */")
    manifest = json.loads((static / "staticfiles.json").read_text())
    manifest["paths"]["screens/before.css"] = "screens/before.0123456789ab.css"
    (static / "staticfiles.json").write_text(json.dumps(manifest))
    (static / "collected").write_text(f"an older build than {stamp}")


def test_a_taken_port_is_a_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        outcome = _perron("serve", "--port", str(port), home=tmp_path)
    assert outcome.returncode == 1
    assert outcome.stderr.startswith(f"CommandError: Nothing can listen at 127.0.0.1 port {port}:")
    assert "Traceback" not in outcome.stderr


@pytest.mark.parametrize(
    ("arguments", "database", "sentence"),
    [
        (["import", "feed.rss", "--community", "liege"], "", "The database has no tables yet."),
        (["retention"], "postgresql://127.0.0.1:1/perron", "The database cannot be used; look at PERRON_DATABASE."),
        (["serve", "--port", "99999"], "", "CommandError: --port is between 1 and 65535."),
    ],
)
def test_what_cannot_work_yet_is_a_sentence(tmp_path: Path, arguments: list[str], database: str, sentence: str) -> None:
    outcome = _perron(*arguments, home=tmp_path, PERRON_DATABASE=database)
    assert outcome.returncode == 1
    assert outcome.stderr.startswith(sentence)


def test_production_settings_pass_the_deployment_checks(tmp_path: Path) -> None:
    origin = "https://perron.example"
    outcome = _perron("check", "--deploy", "--fail-level", "WARNING", home=tmp_path, PERRON_ORIGIN=origin)
    assert outcome.returncode == 0, outcome.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PERRON_ORIGIN", "http://perron.example"),
        ("PERRON_ORIGIN", "perron.example"),
        ("PERRON_DATABASE", "mysql://localhost/perron"),
        ("PERRON_EDGE_MEMORY", "a lot"),
        ("PERRON_LOG", "xml"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_a_sentence(tmp_path: Path, name: str, value: str) -> None:
    outcome = _perron("check", home=tmp_path, **{name: value})
    assert outcome.returncode != 0
    assert name in outcome.stderr.splitlines()[-1]


def _run(home: Path, code: str) -> None:
    acting = "from perron.privacy.tenancy import scope; scope.process_acts_as_program()"
    setup = f"import django; django.setup(); {acting}; {code}"
    subprocess.run([sys.executable, "-c", setup], env=_environment(home), check=True)


def _perron(*arguments: str, home: Path, **more: str) -> "subprocess.CompletedProcess[str]":
    environment = _environment(home) | more
    return subprocess.run([*PERRON, *arguments], env=environment, check=False, capture_output=True, text=True)


def _environment(home: Path) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PERRON_", "DJANGO_ALLOW_"))}
    return inherited | {"PERRON_HOME": str(home), "DJANGO_SETTINGS_MODULE": "perron.project.settings"}


def _until(condition: "object") -> None:
    assert callable(condition)
    ends = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < ends, "it did not come about"
        time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
    return port

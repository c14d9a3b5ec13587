"""docs/scaling.md and deploy/scaled/ say what the program understands; systemd accepts the units."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands, load_command_class

from perron.project import environment

ROOT = Path(__file__).parents[2]
SCALED = ROOT / "deploy" / "scaled"
PAGE = (ROOT / "docs" / "scaling.md").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load((SCALED / "compose.yaml").read_text())
UNITS = sorted(SCALED.glob("*.service"))

pytestmark = pytest.mark.once


def starts(unit: Path) -> list[str]:
    found = re.search(r"^ExecStart=(.+)$", unit.read_text(), re.MULTILINE)
    assert found
    return found[1].split()


def test_every_command_is_one_that_the_program_has() -> None:
    commands = [COMPOSE["services"][name]["command"] for name in ("web", "worker")] + [starts(unit) for unit in UNITS]
    assert len(commands) == 4
    for program, name, *options in commands:
        assert Path(program).name == "perron"
        parser = load_command_class(get_commands()[name], name).create_parser("perron", name)
        parsed = parser.parse_args(options)
        assert name != "serve" or parsed.without_worker


def test_every_setting_is_one_that_the_program_reads() -> None:
    known = set(re.findall(r"PERRON_[A-Z_]+", Path(environment.__file__).read_text()))
    used = set(COMPOSE["services"]["web"]["environment"]) | set(re.findall(r"PERRON_[A-Z_]+", PAGE))
    assert {"PERRON_TASKS", "PERRON_BROKER"} <= used <= known


def test_the_socket_is_where_the_web_server_says_it_listens() -> None:
    options = starts(SCALED / "perron-web.service")
    host, port = (options[options.index(name) + 1] for name in ("--host", "--port"))
    assert f"ListenStream={host}:{port}\n" in (SCALED / "perron-web.socket").read_text()


def test_the_files_that_are_named_are_there() -> None:
    for command in re.findall(r"^    install .*$", PAGE, re.MULTILINE):
        source, target = command.split()[-2:]
        assert f"Installed as {target}" in (ROOT / source).read_text()
    mounted = COMPOSE["services"]["database"]["volumes"][1].split(":")[0]
    assert (SCALED / mounted).is_file()
    copied = re.findall(r"^COPY (.+) \S+$", (SCALED / "Dockerfile").read_text(), re.MULTILINE)
    assert copied
    assert all((ROOT / name).exists() for line in copied for name in line.split())


def test_all_share_one_folder() -> None:
    kept = {(*COMPOSE["services"][name]["volumes"],) for name in ("web", "worker")}
    assert kept == {("home:/var/lib/perron",)}
    assert set(COMPOSE["volumes"]) == {"home", "database", "broker"}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    shutil.copy(SCALED / "perron-web.socket", tmp_path)
    for unit in UNITS:
        installed = tmp_path / unit.name.replace("@.", "@1.")
        # It looks for the program, which is not installed here.
        installed.write_text(re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", unit.read_text(), flags=re.MULTILINE))
        outcome = subprocess.run(["systemd-analyze", "verify", installed], check=False, capture_output=True, text=True)
        assert (outcome.returncode, outcome.stderr) == (0, "")

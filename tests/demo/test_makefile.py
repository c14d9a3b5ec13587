"""`make run` on machines that are not ours: the way to a Python, or the sentence that says how to get one."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAKE = shutil.which("make")

pytestmark = pytest.mark.skipif(MAKE is None, reason="needs make")


def command(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def make(tmp_path: Path, **commands: str) -> tuple["subprocess.CompletedProcess[str]", Path]:
    """Ask for the virtual environment with nothing but `commands` on the machine."""
    tools, venv = tmp_path / "bin", tmp_path / "venv"
    tools.mkdir()
    for name in ("rm", "git"):
        (tools / name).symlink_to(shutil.which(name) or "/bin/false")
    for name, script in commands.items():
        command(tools, name.replace("_", "."), script)
    wanted = f"{venv}/bin/python"
    arguments = [str(MAKE), "--no-print-directory", f"VENV={venv}", wanted]
    # The machine's own interpreter is hidden too, where the Makefile would look for it by its full path.
    text = (ROOT / "Makefile").read_text().replace("/usr/bin/python3", f"{tools}/none")
    arguments[1:1] = ["-f", "-"]
    ran = subprocess.run(arguments, input=text, capture_output=True, text=True, cwd=tmp_path, check=False,
                         env={"PATH": str(tools), "HOME": os.environ.get("HOME", "/")})  # fmt: skip
    return ran, venv


OLD = "exit 1"
NEW = 'test "$1" = -c && exit 0; echo "$0 $*"'


def test_without_a_python_it_says_what_to_install(tmp_path: Path) -> None:
    ran, _venv = make(tmp_path)
    assert ran.returncode != 0
    assert "Python 3.12 or newer" in ran.stderr


def test_an_old_python_is_passed_over_for_a_newer_one(tmp_path: Path) -> None:
    ran, venv = make(tmp_path, python3=OLD, python3_12=NEW)
    assert ran.returncode == 0
    assert f"python3.12 -m venv {venv}" in ran.stdout


def test_an_old_python_alone_is_not_enough(tmp_path: Path) -> None:
    ran, _venv = make(tmp_path, python3=OLD)
    assert "Python 3.12 or newer" in ran.stderr


def test_uv_brings_a_python_where_there_is_none(tmp_path: Path) -> None:
    ran, venv = make(tmp_path, python3=OLD, uv='echo "uv $*"')
    assert ran.returncode == 0
    assert f"uv venv --seed --python 3.13 {venv}" in ran.stdout


def test_a_failed_environment_is_not_taken_for_a_whole_one_next_time(tmp_path: Path) -> None:
    half = 'test "$1" = -c && exit 0; mkdir=/bin/mkdir; $mkdir -p "$3/bin"; : > "$3/bin/python"; exit 1'
    ran, venv = make(tmp_path, python3=half)
    assert ran.returncode != 0
    assert not venv.exists()


def test_every_target_is_said_to_be_none_of_the_files_and_has_a_rule() -> None:
    text = (ROOT / "Makefile").read_text()
    phony = next(line for line in text.splitlines() if line.startswith(".PHONY")).split()[1:]
    targets = {
        line.split(":")[0] for line in text.splitlines() if line[:1].isalpha() and ":" in line and "=" not in line
    }
    assert targets == set(phony)

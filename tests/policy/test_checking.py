"""`perron policy check`, as somebody runs it, and a gate that nothing opens."""

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django.fixtures import Settings

from perron.core import clock
from perron.privacy.gate.collecting import OPEN_ACTIVITIES
from perron.project.sweeping import sweepers
from tests.policy.operators import POLICIES


@pytest.mark.django_db
def test_it_says_that_all_is_well_and_what_waits(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("policy", "check")
    said = capsys.readouterr().out
    assert "2022-05-26  past" in said
    assert "2026-11-01  in force" in said
    for activity, what in OPEN_ACTIVITIES.items():
        assert f"open: activity {activity} waits for {what}" in said
    assert said.endswith("The program keeps this policy.\n")


@pytest.mark.parametrize(
    "program",
    [("-m", "perron.project.commandline", "migrate", "--skip-checks"), ("-c", "import perron.project.wsgi")],
    ids=["command", "web server"],
)
def test_a_closed_gate_stops_whatever_starts(tmp_path: Path, program: tuple[str, ...]) -> None:
    folder = tmp_path / "policy"
    shutil.copytree(POLICIES / "letsgocity", folder)
    file = folder / "2026-11-01" / "policy.toml"
    file.write_text(file.read_text().replace('country = "IE"', 'country = "US"'))
    home = {"PERRON_HOME": str(tmp_path), "PERRON_POLICY": str(folder), "PERRON_DATABASE": ""}
    started = [sys.executable, *program]
    stopped = subprocess.run(started, env={**os.environ, **home}, capture_output=True, text=True, check=False)
    assert stopped.returncode == 1
    assert f"{file}: storages.database lies outside the European Union (US); move it" in stopped.stderr
    assert ("Traceback" in stopped.stderr) == (program[0] == "-c")


def test_no_setting_opens_the_gate(settings: Settings) -> None:
    settings.SILENCED_SYSTEM_CHECKS = ["*"]
    settings.DEBUG = True
    settings.CACHES = {**settings.CACHES, "more": {}}
    with pytest.raises(ImproperlyConfigured, match="cache:more is undeclared"):
        apps.get_app_config("project").ready()


def test_a_version_that_comes_into_force_meets_the_gate(tmp_path: Path, settings: Settings) -> None:
    folder = tmp_path / "policy"
    shutil.copytree(POLICIES / "letsgocity", folder)
    _announce_abroad(folder)
    settings.PERRON_POLICY = folder
    keeping = next(sweeper for sweeper in sweepers() if sweeper.name == "keep the gate")
    keeping.run()
    with clock.travel(datetime(2099, 1, 1, 12, tzinfo=UTC)), pytest.raises(ImproperlyConfigured, match="lies outside"):
        keeping.run()


def _announce_abroad(folder: Path) -> None:
    """Announce a version that stores in the United States."""
    shutil.copytree(folder / "2026-11-01", folder / "2099-01-01")
    file = folder / "2099-01-01" / "policy.toml"
    later = file.read_text().replace("in_force = 2026-11-01", "in_force = 2099-01-01")
    file.write_text(later.replace('country = "IE"', 'country = "US"'))


@pytest.mark.django_db
def test_an_announced_version_is_examined_before_its_day(tmp_path: Path, settings: Settings) -> None:
    folder = tmp_path / "policy"
    shutil.copytree(POLICIES / "letsgocity", folder)
    _announce_abroad(folder)
    settings.PERRON_POLICY = folder
    with pytest.raises(CommandError, match="do not agree"):
        call_command("policy", "check")


@pytest.mark.django_db
def test_a_table_that_belongs_to_nothing_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE visitors (address varchar(40))")
    with pytest.raises(CommandError):
        call_command("policy", "check")
    assert "table visitors lies in the database and belongs to no model; drop it" in capsys.readouterr().out


@pytest.mark.django_db
def test_a_column_that_belongs_to_nothing_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE outreach_conversation ADD COLUMN birthday varchar(40)")
    with pytest.raises(CommandError):
        call_command("policy", "check")
    assert "column birthday of table outreach_conversation belongs to no model; drop it" in capsys.readouterr().out

"""M: what people read and agreed to stays what it was: an announced version is not changed unnoticed."""

import shutil
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from perron.privacy.announcing import announce_versions
from perron.privacy.models import Announcement
from perron.privacy.policy import current
from perron.privacy.sealing import changed_versions
from perron.project.sweeping import sweepers
from tests.policy.operators import POLICIES

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    """An operator's own policy, which has been announced."""
    copied = tmp_path / "policy"
    shutil.copytree(POLICIES / "letsgocity", copied)
    settings.PERRON_POLICY = copied
    announce_versions()
    assert list(changed_versions()) == []
    return copied


def _found(capsys: pytest.CaptureFixture[str]) -> str:
    # Another process reads the files anew.
    current.versions_in.cache_clear()
    with pytest.raises(CommandError, match="do not agree"):
        call_command("policy", "check")
    return capsys.readouterr().out


def test_m_a_fact_changed_after_the_fact_is_named_by_check_and_worker(
    folder: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    file = folder / "2022-05-26" / "policy.toml"
    file.write_text(file.read_text().replace('last_contact = { period = "P1Y" }', 'last_contact = { period = "P6M" }'))
    finding = f"{file}: was changed after it had been announced; put it back, and write what is new into a new version."
    assert finding in _found(capsys)
    next(sweeper for sweeper in sweepers() if sweeper.name == "see whether an announced policy was changed").run()
    assert finding in caplog.text


def test_m_a_version_that_vanished_is_missed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(folder / "2022-05-26")
    assert f"{folder}: the version of 2022-05-26 was announced and is gone; put it back." in _found(capsys)


def test_m_versions_known_from_before_are_sealed_too(folder: Path) -> None:
    Announcement.objects.update(seals={})
    announce_versions()
    file = folder / "2026-11-01" / "nl.toml"
    file.write_text(file.read_text() + "# later\n")
    assert [gap.partition(":")[0] for gap in changed_versions()] == [str(file)]

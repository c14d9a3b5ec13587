"""What a third party keeps shows what the operator's database alone could hide."""

import json
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from perron.core import clock
from perron.privacy.acting import SYSTEM
from perron.privacy.evidence import checkpoints, exporting, recording
from perron.privacy.evidence.checkpoints import Checkpoint
from perron.privacy.evidence.tables import EvidenceDetail, EvidenceEntry, EvidenceHead
from perron.privacy.evidence.verifying import verify
from perron.privacy.policy.current import policy
from tests.privacy.evidence_making import ANNE, record_some, tear_off_the_guards

pytestmark = pytest.mark.django_db

PAGE = Path(__file__).parents[2] / "docs" / "evidence.md"


def printed(*arguments: str) -> str:
    out = StringIO()
    call_command("evidence", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_the_chain_goes_on_and_the_checkpoint_stays_true() -> None:
    record_some()
    kept = checkpoints.make()
    record_some()
    report = verify(kept)
    assert (report.findings, report.notes) == ((), ("The checkpoint's entry 8 is in its place.",))


def test_an_end_that_was_cut_off_shows_against_a_checkpoint_only() -> None:
    record_some()
    kept = checkpoints.make()
    tear_off_the_guards()
    seventh = EvidenceEntry.objects.get(sequence=7)
    for model in (EvidenceEntry, EvidenceDetail):
        model.objects.filter(sequence=8).delete()
    EvidenceHead.objects.update(sequence=7, hash=seventh.hash)
    assert verify().whole
    assert verify(kept).findings == ("The checkpoint knows entry 8; the chain ends at 7: it was removed.",)


def test_a_chain_that_was_written_anew_shows_against_a_checkpoint_only() -> None:
    record_some()
    kept = checkpoints.make()
    tear_off_the_guards()
    for model in (EvidenceEntry, EvidenceDetail, EvidenceHead):
        model.objects.all().delete()
    record_some()
    assert verify().whole
    assert verify(kept).findings == (
        "Entry 8 is not the one that the checkpoint knows: it was removed, or the chain was written anew.",
    )


def test_a_beginning_that_was_cut_off_before_its_time_shows_against_a_checkpoint_only() -> None:
    record_some()
    kept = checkpoints.make()
    tear_off_the_guards()
    for model in (EvidenceEntry, EvidenceDetail, EvidenceHead):
        model.objects.all().delete()
    # A chain of their own making, which claims to have lost its first nine entries in their time.
    EvidenceHead.objects.create(pk=1, sequence=9, hash="9" * 64, anchor_sequence=9, anchor_hash="9" * 64)
    recording.record("cut", None, by=SYSTEM, about={"through": 9, "hash": "9" * 64})
    assert verify().whole
    assert verify(kept).findings == (
        "The checkpoint's entry 8 is too young to have left: the beginning was cut off before its time.",
    )
    # Of one that somebody has kept for longer than the period there is nothing to be said.
    ten_years = policy().retention("F", "request_closed").period
    assert ten_years
    with clock.travel(ten_years.after(clock.now())):
        assert verify(kept).notes


@pytest.mark.parametrize("key", ["at", "epoch", "sequence", "hash", "public_key", "signature"])
def test_a_checkpoint_that_was_changed_is_refused(key: str) -> None:
    record_some()
    said = json.loads(checkpoints.make().to_json())
    said[key] = (
        said[key] - 1 if isinstance(said[key], int) else said[key].translate(str.maketrans("0123456", "1234560"))
    )
    findings = verify(Checkpoint.parse(json.dumps(said))).findings
    assert findings == ("The checkpoint was not signed by this installation, or was changed since.",)


def test_the_key_is_for_its_owner_only_and_stays_the_same() -> None:
    assert checkpoints.make().public_key == checkpoints.make().public_key == checkpoints.public_key()
    assert (Path(settings.PERRON_HOME) / "evidence_key").stat().st_mode & 0o777 == 0o600


def test_the_command_verifies_against_a_file(tmp_path: Path) -> None:
    record_some()
    kept = tmp_path / "checkpoint.json"
    kept.write_text(printed("checkpoint"))
    assert printed("verify", "--checkpoint", str(kept)).splitlines()[-1] == "The evidence is whole."
    kept.write_text("{}")
    with pytest.raises(CommandError, match="no checkpoint"):
        printed("verify", "--checkpoint", str(kept))
    with pytest.raises(CommandError, match="cannot be read"):
        printed("verify", "--checkpoint", str(tmp_path / "nothing"))
    EvidenceDetail.objects.filter(sequence=2).delete()
    with pytest.raises(SystemExit):
        printed("verify")


def test_what_is_written_out_says_nothing_about_anybody() -> None:
    record_some()
    recording.record("object", ANNE, by=SYSTEM, about={"name": "Anne Lambert"})
    assert EvidenceDetail.objects.filter(about__contains="Anne Lambert").exists()
    written = "".join(exporting.lines())
    assert "Anne Lambert" not in written
    assert str(ANNE.id) not in written
    assert ANNE.id.hex not in written


def test_somebody_outside_verifies_with_the_program_of_the_documentation(tmp_path: Path) -> None:
    record_some()
    kept = tmp_path / "checkpoint.json"
    kept.write_text(printed("checkpoint"))
    record_some(1)
    lines = printed("export").splitlines(keepends=True)
    assert outside(tmp_path, lines) == (0, "12 entries; the checkpoint's entry 8 is in its place\n")
    assert outside(tmp_path, [*lines[:4], *lines[5:]])[0] == 1
    assert outside(tmp_path, lines[:7])[0] == 1
    assert outside(tmp_path, [line.replace('"erase"', '"lift"') for line in lines])[0] == 1
    kept.write_text(kept.read_text().replace('"sequence": 8', '"sequence": 7'))
    assert outside(tmp_path, lines)[0] == 1


def outside(folder: Path, lines: list[str]) -> tuple[int, str]:
    """Run the program in docs/evidence.md as it stands there."""
    found = re.search(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert found
    assert len(found[1].splitlines()) <= 22
    (folder / "verify.py").write_text(found[1])
    (folder / "chain.jsonl").write_text("".join(lines))
    command = [sys.executable, "verify.py", "chain.jsonl", "checkpoint.json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stdout

"""Posts letters in a program that is killed at random moments, until none waits."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import connection, connections

from perron.letters.models import Letter
from perron.letters.posting import post_due
from perron.letters.rendering import render
from perron.privacy.declaring import Activity
from tests.channels.mail_server import MailServer
from tests.letters.writing_letters import letter


@dataclass(frozen=True)
class Posted:
    """Message-IDs: those of the letters that were written, and how often each arrived."""

    written: set[str]
    arrived: Counter[str]
    kills: int


def posted_under_kills(number: int, *, seed: int) -> Posted:
    """Write `number` letters, let a program that is killed again and again post them, and say what arrived."""
    context = {"day": "2026-12-01", "changes": "Rien.", "link": "https://app.example.org/fr/policy/"}
    written = {
        letter("policy-changes", to=f"reader{n}@example.org", activity=Activity.RIGHTS, context=context).message_id
        for n in range(number)
    }
    chance = random.Random(seed)

    def slowly(_recipient: str) -> str:
        time.sleep(chance.uniform(0, 0.01))
        return ""

    with MailServer(answers={"DATA.": slowly}) as server:
        environment = os.environ | {
            "PERRON_MAIL": server.url,
            "PERRON_HOME": str(settings.PERRON_HOME),
            "DJANGO_SETTINGS_MODULE": "perron.project.settings",
        }
        name = str(connection.settings_dict["NAME"])
        program = f"import django; django.setup(); from tests.letters.killing import main; main({name!r}, {seed})"
        ended = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=120, check=False
        )
    assert ended.returncode == 0, ended.stderr
    return Posted(written, Counter(message["Message-ID"] for message in server.messages()), int(ended.stdout))


def main(database: str, seed: int) -> None:
    """Post, be killed, go on; then write how many kills it took."""
    connections["default"].settings_dict["NAME"] = database
    # What is slow the first time is done before the first child.
    render(Letter.objects.all()[0])
    chance = random.Random(seed)
    kills = 0
    while True:
        connections.close_all()
        if (child := os.fork()) == 0:
            _post()
        time.sleep(chance.uniform(0.05, 0.4))
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            assert status == 0, "posting came to its end by itself, with an error; see above"
            break
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        kills += 1
    sys.stdout.write(str(kills))


def _post() -> None:
    while Letter.objects.waiting().exists():
        post_due(limit=10, lease=timedelta(milliseconds=300))
        time.sleep(0.005)
    os._exit(0)

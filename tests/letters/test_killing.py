"""A posting program killed again and again: every letter arrives, and twice at most what was on its way at a kill."""

import os
import random
import subprocess
import sys
import time
from collections import Counter

import pytest
from django.conf import settings
from django.db import connection

from perron.letters.models import Letter
from perron.privacy.declaring import Activity
from tests.channels.mail_server import MailServer
from tests.letters.writing_letters import letter

LETTERS = 70


@pytest.mark.django_db(transaction=True)
def test_every_letter_arrives_whenever_the_program_is_killed() -> None:
    context = {"day": "2026-12-01", "changes": "Rien.", "link": "https://app.example.org/fr/policy/"}
    identifiers = {
        letter("policy-changes", to=f"reader{number}@example.org", activity=Activity.RIGHTS, context=context).message_id
        for number in range(LETTERS)
    }
    chance = random.Random(7)

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
        program = f"import django; django.setup(); from tests.letters.killing import main; main({name!r}, 7)"
        ended = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=120, check=False
        )
    assert ended.returncode == 0, ended.stderr
    kills = int(ended.stdout)
    assert kills > 2
    arrived = Counter(message["Message-ID"] for message in server.messages())
    assert set(arrived) == identifiers
    assert arrived.total() - LETTERS <= kills
    assert not Letter.objects.waiting().exists()
    assert Letter.objects.filter(was_sent=True).count() == LETTERS

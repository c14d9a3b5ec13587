"""Posts letters in a program that is killed at random moments, until none waits (`test_killing` starts it)."""

import os
import random
import signal
import sys
import time
from datetime import timedelta

from django.db import connections

from perron.letters.models import Letter
from perron.letters.posting import post_due
from perron.letters.rendering import render


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

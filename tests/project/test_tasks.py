"""PERRON_TASKS: nobody needs Celery who does not ask for it, and who does needs no broker for the work to be done."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from perron.project import environment
from tests.project.test_processes import _environment

pytestmark = pytest.mark.once

_CELERY = {"PERRON_TASKS": "celery", "PERRON_DATABASE": "postgresql://nobody@127.0.0.1:1/none",
           "PERRON_BROKER": "amqp://127.0.0.1:1//"}  # fmt: skip

_NEITHER_WEB_NOR_WORKER = """
import sys, perron.project.wsgi
from perron.project.management.commands import serve, worker
assert not {"celery", "kombu"} & set(sys.modules), "Celery was imported"
"""

_WITHOUT_BROKER = """
import threading, time
from perron.core import waking
from perron.project import celery, rounds
from perron.project.sweeping import Sweeper

# What a commit says is not waited for, and stops nobody.
[ring] = [each for each in waking._listeners if each.__module__ == celery.__name__]
ring()
did = threading.Event()
with rounds.at_work([Sweeper("alone", did.set, every=3600)], elsewhere=celery._hand_over):
    assert did.wait(60), "the worker did not do it itself"
    waking.stopping.set()
begun = time.monotonic()
assert not any(celery.publish(celery.look, queue="look") for _ in range(1000))
assert time.monotonic() - begun < 1, "it was asked each time"
print("done")
"""


def test_nobody_imports_celery_who_did_not_ask_for_it(tmp_path: Path) -> None:
    outcome = _python(_NEITHER_WEB_NOR_WORKER, tmp_path)
    assert outcome.returncode == 0, outcome.stderr


def test_a_worker_does_itself_what_no_broker_takes(tmp_path: Path) -> None:
    outcome = _python(_WITHOUT_BROKER, tmp_path, **_CELERY)
    assert outcome.stdout == "done\n", outcome.stderr
    # Said once, and not asked again for each message.
    assert outcome.stderr.count("The broker takes no messages") == 1


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"PERRON_TASKS": "rabbit"}, "PERRON_TASKS is 'rabbit'; write embedded or celery."),
        ({"PERRON_DATABASE": ""}, "PERRON_TASKS=celery wants PostgreSQL"),
        ({"PERRON_BROKER": ""}, "PERRON_BROKER must look like amqp://user:password@host:5672/vhost"),
        ({"PERRON_BROKER": "redis://:secret@h"}, "PERRON_BROKER must look like amqp://user:password@host:5672/vhost"),
        ({"PERRON_BROKER": "amqp://h:port/"}, "PERRON_BROKER must look like amqp://user:password@host:5672/vhost"),
    ],
)
def test_what_cannot_work_is_a_sentence(wrong: dict[str, str], sentence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (_CELERY | wrong).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=re.escape(sentence)):
        assert environment.tasks() + environment.broker()


def test_without_a_word_nothing_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in _CELERY:
        monkeypatch.delenv(name, raising=False)
    assert (environment.tasks(), environment.broker()) == ("embedded", "")


def _python(code: str, home: Path, **settings: str) -> "subprocess.CompletedProcess[str]":
    setup = f"import django; django.setup(){code}"
    environment = _environment(home) | settings
    return subprocess.run([sys.executable, "-c", setup], env=environment, check=False, capture_output=True, text=True)

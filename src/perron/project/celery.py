"""The same sweepers, run by Celery over RabbitMQ. Imported only where PERRON_TASKS is celery.

A message says “look”, or names a sweeper; it carries nothing else, and nothing depends on it. What is to be done stands
in the tables: each worker looks there as it does without a broker, and hands what it finds to whoever is free. Where
the broker does not take it, the worker does it itself.
"""

import hashlib
import logging
import ssl
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from celery import Celery, signals
from celery.concurrency.thread import TaskPool
from celery.worker.consumer import Consumer
from django.conf import settings
from kombu.entity import Queue
from kombu.exceptions import OperationalError

from perron.core.waking import listen, stopping
from perron.privacy.tenancy.scope import acting_as_program
from perron.project.rounds import Pulse, at_work
from perron.project.sweeping import Sweeper, carry_out, lanes, sweepers

# Installations that share a broker do not take each other's messages.
_PREFIX = f"perron-{hashlib.sha256(settings.SECRET_KEY.encode()).hexdigest()[:8]}"
# One more message says the same as those that wait: the oldest go.
_MOST_WAITING = 20
# A message that ended so many workers is dropped; its work is found again.
_MOST_DELIVERIES = 5
_SECONDS = 3
# So long is a broker left alone that did not take a message: trying may take seconds, and the work is found without it.
_REST = 15.0
_LOOK = "look"

_log = logging.getLogger(__name__)


def _queue(name: str) -> Queue:
    # Publishing goes by the default exchange, to the queue itself.
    return Queue(
        f"{_PREFIX}.{name}",
        routing_key=f"{_PREFIX}.{name}",
        exchange="",
        queue_arguments={
            "x-queue-type": "quorum",
            "x-max-length": _MOST_WAITING,
            "x-overflow": "drop-head",
            "x-delivery-limit": _MOST_DELIVERIES,
        },
    )


class LanePool(TaskPool):
    """A thread for each queue, which takes one message at a time: a lane that hangs holds up no other."""

    @property
    def num_processes(self) -> int:
        """How many messages of one queue are taken at once."""
        return 1


class PromptConsumer(Consumer):
    """Takes messages that are for now. For those that are for later, Celery would make 28 queues."""

    class Blueprint(Consumer.Blueprint):
        """What it is made of."""

        default_steps = [step for step in Consumer.Blueprint.default_steps if "delayed_delivery" not in step]


app = Celery("perron", set_as_current=False)
app.conf.update(
    broker_url=settings.PERRON_BROKER,
    broker_use_ssl={"cert_reqs": ssl.CERT_REQUIRED, "server_hostname": urlsplit(settings.PERRON_BROKER).hostname}
    if settings.PERRON_BROKER.startswith("amqps:")
    else None,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_connection_timeout=_SECONDS,
    broker_heartbeat=10,
    broker_transport_options={"confirm_publish": True},
    accept_content=["json"],
    task_queues=[_queue(name) for name in (_LOOK, *lanes(sweepers()))],
    task_create_missing_queues=False,
    task_default_queue=f"{_PREFIX}.{_LOOK}",
    task_default_queue_type="quorum",
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    # Once more, over a new connection.
    task_publish_retry_policy={"max_retries": 1, "interval_start": 0},
    worker_detect_quorum_queues=True,
    worker_prefetch_multiplier=1,
    worker_pool=LanePool,
    worker_consumer=PromptConsumer,
    worker_concurrency=1 + len(lanes(sweepers())),
    worker_enable_remote_control=False,
    worker_hijack_root_logger=False,
    worker_redirect_stdouts=False,
    worker_cancel_long_running_tasks_on_connection_loss=False,
)
_by_name = {sweeper.name: sweeper for sweeper in sweepers()}
# Of this process, if it is a worker.
_pulses: list[Pulse] = []


@app.task(name="perron.look")
def look() -> None:
    """Look what there is to do, now."""
    for pulse in _pulses:
        pulse.hurry()


@app.task(name="perron.sweep")
def sweep(name: str) -> None:
    """Run the sweeper of this name. An older or newer program may have named one that is not here."""
    with acting_as_program():
        if name in _by_name and carry_out(_by_name[name]):
            look()


@dataclass
class Broker:
    """Whether it takes messages, as far as this process knows."""

    is_away: bool = False
    tried_again_at: float = 0.0
    _noting: threading.Lock = field(default_factory=threading.Lock)

    def refused(self, error: Exception) -> None:
        """Leave it alone for a while. Several threads find out at once; it is said once."""
        with self._noting:
            if not self.is_away:
                _log.warning("The broker takes no messages (%s); the work is found without them.", type(error).__name__)
            self.is_away, self.tried_again_at = True, time.monotonic() + _REST

    def took(self) -> None:
        """Note that it takes messages."""
        with self._noting:
            if self.is_away:
                _log.warning("The broker takes messages again.")
            self.is_away = False


_broker = Broker()


def publish(task: Any, *arguments: str, queue: str) -> bool:
    """Have the broker take a message, and say whether it did; one that did not answer just now is not asked."""
    if time.monotonic() < _broker.tried_again_at:
        return False
    try:
        task.apply_async(arguments, queue=f"{_PREFIX}.{queue}", confirm_timeout=_SECONDS)
    except (OperationalError, OSError) as error:
        _broker.refused(error)
        return False
    _broker.took()
    return True


def work() -> None:
    """Be a Celery worker, until a signal ends it."""
    signals.setup_logging.connect(_keep_logging)
    signals.worker_shutting_down.connect(lambda **_: stopping.set(), weak=False)
    with at_work(sweepers(), elsewhere=_hand_over) as pulse:
        _pulses.append(pulse)
        pool = len(app.conf.task_queues)
        app.Worker(
            concurrency=pool, without_gossip=True, without_mingle=True, without_heartbeat=True, quiet=True
        ).start()
        stopping.set()


def _hand_over(sweeper: Sweeper) -> bool:
    return publish(sweep, sweeper.name, queue=sweeper.lane)


def _keep_logging(**_: Any) -> None:
    """Celery leaves logging alone where somebody listens to this signal."""


class Bell:
    """Tells the workers of what was just committed, from a thread of its own: whoever committed it does not wait."""

    def __init__(self) -> None:
        self._rung = threading.Event()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    def ring(self) -> None:
        """Ring, soon; in the process that says so, be it a fork."""
        self._rung.set()
        with self._starting:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="bell", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while self._rung.wait():
            self._rung.clear()
            publish(look, queue=_LOOK)


listen(Bell().ring)

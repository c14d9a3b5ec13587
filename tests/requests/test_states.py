"""Walks through the life of a request, by what is allowed and by what is not, against a model of its own."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from perron.communities.roles import Role
from perron.core.clock import travel
from perron.core.errors import Conflict, NotAllowed, PerronError, Refused
from perron.privacy.acting import SYSTEM, Actor
from perron.privacy.models import AuditEntry, EvidenceEntry
from perron.privacy.requests import working
from perron.privacy.requests.deadlines import Deadline
from perron.privacy.requests.entering import Wish, enter
from perron.privacy.requests.grounds import Ground
from perron.privacy.requests.tables import Kind, Proof, Request, Step
from perron.privacy.subjects import of_person
from tests import making

pytestmark = pytest.mark.django_db

OPEN = {"received", "identity_asked", "in_progress", "extended"}
# What leads where, written down apart from the program's own table; "back" is where a paused request came from.
WAYS = {
    "ask_identity": ({"received", "in_progress", "extended"}, "identity_asked"),
    "confirm_identity": (OPEN, "back"),
    "take_up": ({"received"}, "in_progress"),
    "extend": ({"received", "in_progress"}, "extended"),
    "answer": ({"in_progress", "extended"}, "answered"),
    "refuse": (OPEN, "refused"),
    "withdraw": (OPEN, "withdrawn"),
    "close_as_moot": (OPEN, "moot"),
}
START = datetime(2026, 11, 24, 9, tzinfo=UTC)


def do(deed: str, request: Request, by: Actor) -> None:
    words: dict[str, tuple[Any, ...]] = {"take_up": (), "withdraw": (), "refuse": (Ground.UNFOUNDED, "Reasons.")}
    getattr(working, deed)(request, *words.get(deed, ("Some words.",)), by=by)


class Life(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.day = START
        person, stranger = making.person(), making.person()
        staff = making.person(role=Role.ADMINISTRATOR)
        self.actors = {"person": person.actor, "stranger": stranger.actor, "staff": staff.actor, "program": SYSTEM,
                       "address": Actor("address", person.pk)}  # fmt: skip
        with travel(self.day):
            self.request = enter(
                Wish(kind=Kind.ERASURE, email=person.email), by=person.actor, about=of_person(person.pk)
            )
        self.state, self.deeds = "received", 1
        self.extended, self.sure, self.paused, self.asked = False, True, 0, date.min

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    @rule(days=st.integers(1, 40))
    def time_passes(self, days: int) -> None:
        self.day += timedelta(days=days)

    @rule(
        deed=st.sampled_from(sorted(WAYS)),
        who=st.sampled_from(["staff", "staff", "person", "program", "stranger", "address"]),
    )
    def try_a_deed(self, deed: str, who: str) -> None:
        expected = self.refusal(deed, who)
        with travel(self.day):
            if expected:
                with pytest.raises(expected):
                    do(deed, self.request, self.actors[who])
            else:
                do(deed, self.request, self.actors[who])
                self.go(deed)

    def refusal(self, deed: str, who: str) -> type[PerronError] | None:
        allowed = {"person"} if deed == "withdraw" else {"staff", "program"}
        today = self.day.date()
        if who not in allowed:
            return NotAllowed
        if self.state not in WAYS[deed][0]:
            return Conflict
        late = {"ask_identity": today > self.due(), "extend": today > self.due(first=True), "answer": not self.sure}
        return Refused if late.get(deed) else None

    def go(self, deed: str) -> None:
        if self.state == "identity_asked" and deed != "ask_identity":
            self.paused += (self.day.date() - self.asked).days
        if deed == "ask_identity":
            self.asked, self.sure = self.day.date(), False
        self.sure = self.sure or deed == "confirm_identity"
        self.extended = self.extended or deed == "extend"
        self.state = WAYS[deed][1] if deed != "confirm_identity" else ("extended" if self.extended else "in_progress")
        self.deeds += 1

    def due(self, *, first: bool = False) -> date:
        return Deadline(START.date(), self.paused, self.extended and not first).day

    @invariant()
    def stands_where_it_should(self) -> None:
        row = Request.objects.get(pk=self.request.pk)
        assert (row.state, row.due_on, row.paused_days) == (self.state, self.due(), self.paused)
        assert (row.paused_on is not None) == (self.state == "identity_asked")
        assert (row.closed_at is not None) == (self.state not in OPEN)

    @invariant()
    def every_deed_left_its_traces(self) -> None:
        assert Step.objects.filter(request=self.request).count() == self.deeds
        assert AuditEntry.objects.filter(object_id=self.request.pk).count() == self.deeds
        assert EvidenceEntry.objects.count() == self.deeds

    @invariant()
    def proof_is_kept_of_what_is_closed(self) -> None:
        kept = list(Proof.objects.filter(pk=self.request.pk).values_list("outcome", flat=True))
        assert kept == ([] if self.state in OPEN else [self.state])


def test_a_request_lives_by_its_table() -> None:
    walk = settings(max_examples=25, stateful_step_count=14, deadline=None, derandomize=True,
                    suppress_health_check=list(HealthCheck))  # fmt: skip
    run_state_machine_as_test(Life, settings=walk)

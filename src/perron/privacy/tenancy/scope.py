"""For which tenants the code that runs now acts. Whoever says nothing acts for nobody, and finds no tenant's rows.

A web request begins for nobody and acts for those of whoever is found to be signed in. Commands and the worker act as
the program, for all. What a request does with somebody's data wherever they lie (a copy, an erasure), or as the
program, says so where it does it.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from uuid import UUID

# What PostgreSQL is told of it.
SETTING = "perron.tenants"
# Takes the place of a superuser, whom no policy stops: owns the tables, and nobody signs in as it.
ROLE = "perron_within"


@dataclass(frozen=True)
class Scope:
    """These tenants; None: all of them, and what is none's."""

    tenants: frozenset[UUID] | None

    def __str__(self) -> str:
        """Write it as PostgreSQL's setting has it: `*` for all."""
        return "*" if self.tenants is None else ",".join(sorted(map(str, self.tenants)))


NOBODY = Scope(frozenset())
EVERYBODY = Scope(None)


@dataclass
class Frame:
    """A stretch of work: its scope may become known in the middle of it, when somebody looks who is signed in."""

    scope: Scope


_frame: ContextVar[Frame | None] = ContextVar("perron.tenancy", default=None)
# Of whoever is in no frame: a command and its threads.
_process = Frame(NOBODY)


def current() -> Scope:
    """Return for whom the code that asks acts."""
    frame = _frame.get()
    return (frame or _process).scope


@contextmanager
def acting(scope: Scope) -> Iterator[Frame]:
    """Act within `scope` until the end of the block, whatever was before."""
    frame = Frame(scope)
    token = _frame.set(frame)
    try:
        yield frame
    finally:
        _frame.reset(token)


def acting_for(*tenants: UUID) -> AbstractContextManager[Frame]:
    """Act for these tenants and no others."""
    return acting(Scope(frozenset(tenants)))


def acting_as_program() -> AbstractContextManager[Frame]:
    """Act for all: the program itself, and the operator's staff."""
    return acting(EVERYBODY)


def as_program[**P, R](rule: Callable[P, R]) -> Callable[P, R]:
    """Mark a rule that reaches what it is about wherever it lies: somebody's data, for their own sake."""

    @wraps(rule)
    def reaching(*args: P.args, **kwargs: P.kwargs) -> R:
        with acting(EVERYBODY):
            return rule(*args, **kwargs)

    return reaching


def process_acts_as_program() -> None:
    """Have this process act for all where nothing else is said: a command, the worker."""
    _process.scope = EVERYBODY


def process_acts_for_nobody() -> None:
    """Have this process act for nobody where nothing else is said: a web process."""
    _process.scope = NOBODY

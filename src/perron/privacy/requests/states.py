"""The life of a request, in one table. Whatever is not in it does not happen."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from django.utils.translation import gettext as _

from perron.core.errors import Conflict
from perron.privacy.requests.tables import State


class Deed(StrEnum):
    """What can be done with a request that was entered."""

    ASK_IDENTITY = "ask_identity"
    CONFIRM_IDENTITY = "confirm_identity"
    TAKE_UP = "take_up"
    EXTEND = "extend"
    ANSWER = "answer"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    CLOSE_AS_MOOT = "close_as_moot"


type Who = Literal["staff", "person"]


@dataclass(frozen=True)
class Transition:
    """From which states a deed leads where, and whose it is. "staff" includes the program, for what is automatic."""

    deed: Deed
    source: tuple[State, ...]
    target: State
    who: Who


_R, _I, _P, _E = State.RECEIVED, State.IDENTITY_ASKED, State.IN_PROGRESS, State.EXTENDED

OPEN = (_R, _I, _P, _E)
CLOSED = (State.ANSWERED, State.REFUSED, State.WITHDRAWN, State.MOOT)

# A request whose identity is confirmed goes on where it was: `after` looks whether it had been extended.
TRANSITIONS = (
    #          deed                   from              to                    whose
    Transition(Deed.ASK_IDENTITY,     (_R, _P, _E),     State.IDENTITY_ASKED, "staff"),
    Transition(Deed.CONFIRM_IDENTITY, (_R, _I, _P, _E), State.IN_PROGRESS,    "staff"),
    Transition(Deed.TAKE_UP,          (_R,),            State.IN_PROGRESS,    "staff"),
    Transition(Deed.EXTEND,           (_R, _P),         State.EXTENDED,       "staff"),
    Transition(Deed.ANSWER,           (_P, _E),         State.ANSWERED,       "staff"),
    Transition(Deed.REFUSE,           (_R, _I, _P, _E), State.REFUSED,        "staff"),
    Transition(Deed.WITHDRAW,         (_R, _I, _P, _E), State.WITHDRAWN,      "person"),
    Transition(Deed.CLOSE_AS_MOOT,    (_R, _I, _P, _E), State.MOOT,           "staff"),
)  # fmt: skip

_BY_DEED = {transition.deed: transition for transition in TRANSITIONS}


def transition(deed: Deed) -> Transition:
    """Return the table's line for `deed`."""
    return _BY_DEED[deed]


def after(deed: Deed, state: State, *, extended: bool) -> State:
    """Return the state that `deed` leads to from `state`. Raises `Conflict` where the table has no such way."""
    line = transition(deed)
    if state not in line.source:
        raise Conflict(_("This request is “%(state)s”: that cannot be done with it now.") % {"state": state.label})
    return _E if extended and line.target is _P else line.target


def possible(state: State) -> tuple[Deed, ...]:
    """Return what can be done with a request in `state`, in the table's order."""
    return tuple(line.deed for line in TRANSITIONS if state in line.source)

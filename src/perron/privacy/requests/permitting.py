"""Who may do what with a request, and what only the packages above know: staff, partners, how to reach them.

`communities` registers its answers with `known_by`; until then nobody but the program and the person may do anything.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from perron.core.errors import NotAllowed
from perron.privacy.acting import Actor
from perron.privacy.requests.states import Deed, transition
from perron.privacy.requests.tables import Party, Request
from perron.privacy.subjects import Subject


@dataclass(frozen=True)
class Reader:
    """Somebody who gets letters about requests: address and language."""

    email: str
    language: str
    id: UUID
    # Below which a partner's administrator reads what concerns it: a path.
    page: str = ""


@dataclass(frozen=True)
class Tenant:
    """A partner that decides, alone or with the operator, over data that the program holds."""

    id: UUID
    name: str


@dataclass(frozen=True)
class Knowledge:
    """What `communities` answers.

    `handles`: does this account handle requests for the operator? `keeps_breaches`: does it keep the register of
    breaches? `answers_for`: does it answer for this partner? `handlers` and `breach_keepers`: whom to remind.
    `reachable`: who reads a partner's letters? `tenants`: for whom are this subject's data processed in this activity?
    """

    handles: Callable[[UUID], bool]
    keeps_breaches: Callable[[UUID], bool]
    answers_for: Callable[[UUID, UUID], bool]
    handlers: Callable[[], Sequence[Reader]]
    breach_keepers: Callable[[], Sequence[Reader]]
    reachable: Callable[[UUID], Sequence[Reader]]
    tenants: Callable[[Subject, str], Sequence[Tenant]]


def _nobody(*_asked: object) -> bool:
    return False


def _none(*_asked: object) -> tuple[()]:
    return ()


_knowledge = Knowledge(_nobody, _nobody, _nobody, _none, _none, _none, _none)


def known_by(knowledge: Knowledge) -> None:
    """Take the answers of the packages above."""
    global _knowledge  # noqa: PLW0603 set once, when the application loads
    _knowledge = knowledge


def knowledge() -> Knowledge:
    """Return who answers."""
    return _knowledge


def permit(by: Actor, deed: Deed, request: Request) -> None:
    """Raise `NotAllowed` unless `deed` is for `by` to do with `request`."""
    _require(is_own(by, request) if transition(deed).who == "person" else _may_handle(by, request))


def permit_handling(by: Actor, request: Request) -> None:
    """Raise `NotAllowed` unless `by` handles this request, for the operator or for a partner that is its controller."""
    _require(_may_handle(by, request))


def permit_partner(by: Actor, partner: UUID) -> None:
    """Raise `NotAllowed` unless `by` answers for this partner."""
    _require(by.kind == "person" and by.id is not None and _knowledge.answers_for(by.id, partner))


def permit_handler(by: Actor) -> None:
    """Raise `NotAllowed` unless `by` handles requests for the operator, or is the program."""
    if not _handles(by):
        raise NotAllowed(_("Only the operator's administrators may do this."))


def permit_breach_keeper(by: Actor) -> None:
    """Raise `NotAllowed` unless `by` keeps the operator's register of breaches, or is the program."""
    if not (by.kind == "system" or (by.kind == "person" and by.id is not None and _knowledge.keeps_breaches(by.id))):
        raise NotAllowed(_("Only the operator's administrators and data-protection officer may do this."))


def is_own(by: Actor, request: Request) -> bool:
    """Say whether the request is about `by`."""
    return by.id is not None and (by.kind, by.id) == (request.subject_kind, request.subject_id)


def _require(allowed: bool) -> None:
    if not allowed:
        raise NotAllowed(_("This is not yours to do with this request."))


def _may_handle(by: Actor, request: Request) -> bool:
    return _handles(by) or (by.kind == "person" and by.id is not None and _for_a_controller(by.id, request))


def _handles(by: Actor) -> bool:
    return by.kind == "system" or (by.kind == "person" and by.id is not None and _knowledge.handles(by.id))


def _for_a_controller(person: UUID, request: Request) -> bool:
    controllers = request.parties.filter(capacity=Party.Capacity.CONTROLLER, tenant_id__isnull=False)
    return any(_knowledge.answers_for(person, party.tenant_id) for party in controllers if party.tenant_id)

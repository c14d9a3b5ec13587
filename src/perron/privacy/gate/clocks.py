"""Every retention has a clock, every clock a retention, and somebody sets it."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.abc import SourceLoader
from importlib.util import find_spec
from types import CodeType

from perron.privacy.declaring import PerRow, Personal, Since, Until
from perron.privacy.gate.collecting import OPEN_ACTIVITIES, OPEN_CLOCKS, OPEN_TRIGGERS, personal_tables
from perron.privacy.gate.columns import name_of
from perron.privacy.policy.values import Policy, Retention


def clock_gaps(policy: Policy) -> Iterator[str]:
    """Yield a sentence for each retention without clock, clock without retention, and clock that nobody sets."""
    ticking = set()
    for table in personal_tables():
        trigger = getattr(table.clock, "trigger", None)
        if trigger:
            ticking |= {(activity, trigger) for activity in _activities(table, policy)}
            yield from _period_gaps(table, trigger, policy)
        yield from _setter_gaps(table)
    for activity in policy.activities.values():
        for trigger in activity.retentions:
            if (activity.id, trigger) not in ticking and activity.id not in OPEN_ACTIVITIES:
                yield (
                    f"policy: retention {activity.id}.{trigger} has no clock; give a table of activity {activity.id} a "
                    f'clock with trigger="{trigger}", or remove it.'
                )
    for trigger in policy.passing:
        there = any(trigger == ticked for _activity, ticked in ticking)
        if not there and trigger not in OPEN_TRIGGERS:
            yield f"policy: retention passing.{trigger} has no clock; give a table one, or remove it."
        if there and trigger in OPEN_TRIGGERS:
            yield f"trigger {trigger} has its clock: take it out of OPEN_TRIGGERS in privacy/gate/collecting.py."


def _activities(table: Personal, policy: Policy) -> list[str]:
    return list(policy.activities) if isinstance(table.activity, PerRow) else [table.activity]


def _period_gaps(table: Personal, trigger: str, policy: Policy) -> Iterator[str]:
    label = name_of(table.model)
    if isinstance(table.activity, PerRow):
        said: Retention | None = policy.passing.get(trigger)
        where = "passing"
    elif not policy.does(table.activity):
        return
    else:
        said = policy.activities[table.activity].retentions.get(trigger) or policy.passing.get(trigger)
        where = f"activities.{table.activity}.retentions"
    if not said:
        yield f"{label}: the policy says nothing of {trigger}; add it to {where}, or correct the clock."
    elif isinstance(table.clock, Since) and not said.period:
        yield f"{label} waits after {trigger}, but the policy gives no period; add one to {where}.{trigger}."
    elif isinstance(table.clock, Until) and said.period:
        yield f"{label} goes at {trigger} itself, but the policy gives a period; remove it from {where}.{trigger}."


def _setter_gaps(table: Personal) -> Iterator[str]:
    label = name_of(table.model)
    match table.clock:
        case Since(column=column, set_by=setters):
            empty = {field.name for field in table.model._meta.local_concrete_fields if field.null}
            clock = f"{label}.{column}"
            if not setters and column in empty and clock not in OPEN_CLOCKS:
                yield f"clock {clock} may stay empty and nobody sets it; name in `set_by` the rules that do."
            if setters and clock in OPEN_CLOCKS:
                yield f"clock {clock} is set: take it out of OPEN_CLOCKS in privacy/gate/collecting.py."
            mentioned = column
        case Until(ended_by=setters):
            if not setters:
                yield f"{label} goes at an event, but no rule removes it; name in `ended_by` the rules that do."
            mentioned = "delete"
        case _:
            return
    for setter in setters:
        module, function = _found(setter)
        if not function:
            yield f"{label}: there is no rule {setter}, which its clock names; correct the spelling."
        elif not _mentions(function, module, mentioned):
            yield f"{label}: the rule {setter} does nothing with {mentioned}; name the rule that does."


def _found(path: str) -> tuple[Mapping[str, CodeType], CodeType | None]:
    """Return the functions of the module in a dotted path, and the one that the path names."""
    parts = path.split(".")
    for depth in range(len(parts) - 1, 0, -1):
        if module := _functions(".".join(parts[:depth])):
            return module, module.get(".".join(parts[depth:]))
    return {}, None


def _mentions(function: CodeType, module: Mapping[str, CodeType], word: str) -> bool:
    """Say whether a function, or one of the same module that it calls, names an attribute or argument `word`."""
    names = _names(function)
    return word in names.union(*(_names(module[name]) for name in names if name in module))


@cache
def _functions(module: str) -> Mapping[str, CodeType]:
    """Return what is defined in a module, by qualified name; read from its compiled file, so that nothing is run."""
    try:
        spec = find_spec(module)
    except ModuleNotFoundError:
        return {}
    code = spec.loader.get_code(module) if spec and isinstance(spec.loader, SourceLoader) else None
    return dict(_defined(code)) if code else {}


def _defined(code: CodeType) -> Iterator[tuple[str, CodeType]]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant.co_qualname, constant
            yield from _defined(constant)


def _names(code: CodeType) -> set[str]:
    names = {*code.co_names, *code.co_varnames}
    for constant in code.co_consts:
        match constant:
            case CodeType():
                names |= _names(constant)
            case str():
                names.add(constant)
            case tuple() | frozenset():
                names.update(each for each in constant if isinstance(each, str))
    return names

"""Reads a policy's folder: one folder per version, named by the day from which it is in force.

    policy/letsgocity/2022-05-26/policy.toml    the facts: `values.Policy`
                                 fr.toml …      the words, one file per language: `texts.Texts`

`docs/policy.md` describes every key. Whatever is wrong raises `BadPolicy`, which names file, key and remedy.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from perron.privacy.policy.values import Policy


class BadPolicy(Exception):
    """The policy cannot be read; the message has one line for each fault: file, key, what is wrong, what to write."""


_ADAPTER = TypeAdapter(Policy)
# The tables whose entries are known by their key, and what they call it.
_KEYED = {
    "activities": "id",
    "recipients": "id",
    "transmissions": "id",
    "measures": "id",
    "third_parties": "id",
    "storages": "kind",
    "retentions": "trigger",
    "passing": "trigger",
}


def read_versions(folder: Path) -> tuple[Policy, ...]:
    """Return every version in `folder`, oldest first. Raises `BadPolicy`."""
    if not folder.is_dir():
        raise BadPolicy(f"{folder}: there is no such folder; set PERRON_POLICY to the folder of an operator's policy.")
    versions = sorted(entry for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    if not versions:
        raise BadPolicy(f"{folder}: no version in it; make a folder such as 2026-01-31 with a policy.toml.")
    return tuple(read(version) for version in versions)


def read(folder: Path) -> Policy:
    """Return the version in `folder`. Raises `BadPolicy`."""
    file = folder / "policy.toml"
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadPolicy(f"{file}: cannot be read ({error.strerror}); make it a file that Perron may read.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadPolicy(f"{file}: not TOML ({error}); compare with docs/policy.md.") from error
    policy = parse(raw, folder)
    check_folder(policy)
    return policy


def check_folder(policy: Policy) -> None:
    """Raise `BadPolicy` unless the version's folder is named by the day from which it is in force."""
    folder, in_force = policy.folder, policy.version.in_force
    if folder.name != in_force.isoformat():
        raise BadPolicy(
            f"{folder / 'policy.toml'}: version.in_force is {in_force} in the folder {folder.name}; make them the same."
        )


def parse(raw: Mapping[str, Any], folder: Path) -> Policy:
    """Return the policy that `raw` (parsed TOML) states; `folder` is for messages and texts. Raises `BadPolicy`."""
    try:
        return _ADAPTER.validate_python(_with_keys(raw) | {"folder": folder})
    except ValidationError as error:
        # Of a value that may also be "", the fault of the other branch says enough.
        found = (fault for fault in error.errors() if fault["loc"][-1] != "literal['']")
        lines = (f"{folder / 'policy.toml'}: {_key(fault['loc'])}: {_remedy(fault)}" for fault in found)
        raise BadPolicy("\n".join(lines)) from error


def _with_keys(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return `raw` with each entry of a keyed table told its key."""
    done: dict[str, Any] = {}
    for key, entry in raw.items():
        done[key] = _with_keys(entry) if isinstance(entry, Mapping) else entry
        if key in _KEYED and isinstance(entry, Mapping):
            done[key] = {name: _named(_KEYED[key], name, each) for name, each in done[key].items()}
    return done


def _named(word: str, name: str, entry: object) -> object:
    return {word: name, **entry} if isinstance(entry, Mapping) else entry


def _key(path: tuple[int | str, ...]) -> str:
    # What pydantic adds for the sort of a value is no key of the file.
    return ".".join(str(part) for part in path if not str(part).startswith(("function-", "constrained-", "literal[")))


def _remedy(fault: Mapping[str, Any]) -> str:
    match fault["type"]:
        case "missing":
            return "is missing; add it."
        case "unexpected_keyword_argument":
            return "is not a key of the policy; remove it, or correct its spelling."
        case "value_error":
            return f"{fault['ctx']['error']}."
        case _:
            return f"is {fault['input']!r}: {fault['msg']}."

"""The communes of Belgium: found by NIS code, postal code, name in any language, or a point.

The table (`data/communes.csv`) holds the 565 communes since 1 January 2025, and the 29 that were merged away on that
day, or merged and renumbered; each of these leads to its successor, whichever way it is found. Its facts come from
public lists of the communes of 2019 (CC0 and MIT: bmesuere/belgium-topojson, mathiasleroy/Belgium-Geographic-Data,
spatie/belgian-cities-geocoded), the mergers and NIS codes of 2025 from Statbel's REFNIS as public registers use it.
Points that lay outside their own commune were moved to its middle; a merged commune has the point of the largest of
those that it was made of. `former_nis` are codes that were replaced in 2019; `residents` is the population of 2019,
which only serves to put the likelier commune first.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from math import cos, hypot, radians
from pathlib import Path
from types import MappingProxyType

from rapidfuzz.distance import OSA

from perron.core.language import localised
from perron.core.text import normalise

_DATA = Path(__file__).parent / "data" / "communes.csv"
_CODE = re.compile(r"(?:\bb ?)?\b(\d{2,4})\b")
_SAINTS = {"saint": "st", "sint": "st", "sankt": "st", "sainte": "ste"}

# ISO 3166-2:BE.
PROVINCES: Mapping[str, Mapping[str, str]] = {
    "VAN": {"fr": "Anvers", "nl": "Antwerpen", "de": "Antwerpen", "en": "Antwerp"},
    "WBR": {"fr": "Brabant wallon", "nl": "Waals-Brabant", "de": "Wallonisch-Brabant", "en": "Walloon Brabant"},
    "BRU": {"fr": "Bruxelles-Capitale", "nl": "Brussel-Hoofdstad", "de": "Brüssel-Hauptstadt", "en": "Brussels"},
    "WHT": {"fr": "Hainaut", "nl": "Henegouwen", "de": "Hennegau", "en": "Hainaut"},
    "WLG": {"fr": "Liège", "nl": "Luik", "de": "Lüttich", "en": "Liège"},
    "VLI": {"fr": "Limbourg", "nl": "Limburg", "de": "Limburg", "en": "Limburg"},
    "WLX": {"fr": "Luxembourg", "nl": "Luxemburg", "de": "Luxemburg", "en": "Luxembourg"},
    "WNA": {"fr": "Namur", "nl": "Namen", "de": "Namur", "en": "Namur"},
    "VBR": {"fr": "Brabant flamand", "nl": "Vlaams-Brabant", "de": "Flämisch-Brabant", "en": "Flemish Brabant"},
    "VOV": {"fr": "Flandre orientale", "nl": "Oost-Vlaanderen", "de": "Ostflandern", "en": "East Flanders"},
    "VWV": {"fr": "Flandre occidentale", "nl": "West-Vlaanderen", "de": "Westflandern", "en": "West Flanders"},
}


@dataclass(frozen=True, eq=False, slots=True)
class Commune:
    """A commune, or one that was merged into `successor` (a NIS code; "" for the 565 of today).

    `names` has French and Dutch, and German where there is a German name; `also` other names people use; `languages`
    the official ones; `province` a key of `PROVINCES`; the point is WGS 84 degrees.
    """

    nis: str
    names: Mapping[str, str]
    also: tuple[str, ...]
    languages: tuple[str, ...]
    province: str
    postal_codes: tuple[str, ...]
    latitude: float
    longitude: float
    residents: int
    successor: str
    former_nis: tuple[str, ...]

    def name_in(self, language: str) -> str:
        """Return the name in `language`; where it has none, its own name."""
        return localised(self.names, language, self.languages)

    @property
    def name(self) -> str:
        """The name in the commune's own first language."""
        return self.names[self.languages[0]]


def present() -> tuple[Commune, ...]:
    """Return the communes of today, by NIS code."""
    return tuple(commune for commune in _table().values() if not commune.successor)


def merged() -> tuple[Commune, ...]:
    """Return the communes that were merged away, by NIS code."""
    return tuple(commune for commune in _table().values() if commune.successor)


def by_nis(nis: str) -> Commune | None:
    """Return the commune with this NIS code (five digits), or the one that took its place; None if there is none."""
    found = _table().get(nis) or _table().get(_former().get(nis, ""))
    return _today(found) if found else None


def by_postal_code(code: str) -> list[Commune]:
    """Return the communes where mail with this postal code goes, the most populous first."""
    return list(_postal_codes().get(code, ()))


def look_up(text: str, limit: int = 10) -> list[Commune]:
    """Return at most `limit` communes for what somebody types, the likeliest first.

    A postal code (whole or beginning, with or without "B-" and a name), or a name: of today or before a merger, in
    any of the languages, whole or beginning, accents and case ignored, with typing errors.
    """
    wanted = normalise(text[:100])
    if code := _CODE.search(wanted):
        rest = " ".join(wanted.replace(code[0], " ").split())
        if found := _with_code(code[1]):
            ranks = _ranks(_key(rest)) if rest else {}
            return sorted(found, key=lambda commune: ranks.get(commune.nis, (9.0,)))[:limit]
        wanted = rest
    ranks = _ranks(_key(wanted))
    return [_table()[nis] for nis in sorted(ranks, key=ranks.__getitem__)[:limit]]


def nearest(latitude: float, longitude: float) -> Commune:
    """Return the commune whose point, or that of one merged into it, is nearest to this one (WGS 84 degrees)."""
    narrowing = cos(radians(latitude))

    def distance(commune: Commune) -> float:
        return hypot(commune.latitude - latitude, (commune.longitude - longitude) * narrowing)

    return _today(min(_table().values(), key=distance))


def _today(commune: Commune) -> Commune:
    return _table()[commune.successor] if commune.successor else commune


def _with_code(code: str) -> list[Commune]:
    """Communes with the code or with codes that begin so; where there is none, with the code's first digits."""
    if code in _postal_codes():
        return by_postal_code(code)
    for length in range(min(len(code), 3), 1, -1):
        near = (commune for known, found in _postal_codes().items() if known.startswith(code[:length])
                for commune in found)  # fmt: skip
        if distinct := list(dict.fromkeys(near)):
            return sorted(distinct, key=_populous) if length < len(code) else distinct
    return []


def _ranks(key: str) -> dict[str, tuple[float, int]]:
    """Map the NIS codes of today that fit to how well they do: the smaller the better."""
    ranks: dict[str, tuple[float, int]] = {}
    if not key:
        return ranks

    def offer(nis: str, rank: float) -> None:
        found = (rank, -_table()[nis].residents)
        ranks[nis] = min(ranks.get(nis, found), found)

    for name in _names():
        if name.key == key:
            offer(name.nis, 0.0 if name.own else 0.5)
        elif name.key.startswith(key):
            offer(name.nis, 1.0)
        elif f" {key}" in name.key:
            offer(name.nis, 2.0)
    for compact, errors in _misspelt(key.replace(" ", "")):
        for nis in _compact_names()[compact]:
            offer(nis, errors)
    if ranks and min(ranks.values())[0] < 1:
        # A whole name: only what one error could have turned into it besides.
        return {nis: rank for nis, rank in ranks.items() if rank[0] <= 3}
    return ranks


def _misspelt(compact: str) -> Iterator[tuple[str, float]]:
    """Names that `compact` could mean with typing errors, each with 2 and the number of errors."""
    most = 1 if len(compact) <= 5 else 2 if len(compact) <= 10 else 3
    for name in _compact_names():
        if (errors := OSA.distance(compact, name, score_cutoff=most)) <= most:
            yield name, 2.0 + errors
        elif 4 <= len(compact) < len(name) and OSA.distance(compact, name[: len(compact)], score_cutoff=1) <= 1:
            # Somebody who is still typing: one error in the beginning of a name.
            yield name, 3.5


def _key(name: str) -> str:
    return " ".join(_SAINTS.get(word, word) for word in normalise(name).split())


@dataclass(frozen=True, slots=True)
class _Name:
    key: str
    nis: str  # of the commune of today
    own: bool  # a name of today in an official language


@cache
def _table() -> Mapping[str, Commune]:
    with _DATA.open(encoding="utf-8", newline="") as file:
        return MappingProxyType({row["nis"]: _read(row) for row in csv.DictReader(file, delimiter=";")})


def _read(row: dict[str, str]) -> Commune:
    names = {"fr": row["fr"], "nl": row["nl"] or row["fr"], "de": row["de"]}
    return Commune(
        nis=row["nis"],
        names=MappingProxyType({language: name for language, name in names.items() if name}),
        also=tuple(filter(None, row["also"].split("|"))),
        languages=tuple(row["languages"].split()),
        province=row["province"],
        postal_codes=tuple(row["postal_codes"].split()),
        latitude=float(row["latitude"]),
        longitude=float(row["longitude"]),
        residents=int(row["residents"]),
        successor=row["successor"],
        former_nis=tuple(row["former_nis"].split()),
    )


@cache
def _former() -> Mapping[str, str]:
    return {old: commune.nis for commune in _table().values() for old in commune.former_nis}


@cache
def _postal_codes() -> Mapping[str, tuple[Commune, ...]]:
    pairs = sorted((code, commune.nis) for commune in present() for code in commune.postal_codes)
    return {
        code: tuple(sorted((_table()[nis] for _code, nis in found), key=_populous))
        for code, found in groupby(pairs, key=lambda pair: pair[0])
    }


@cache
def _names() -> tuple[_Name, ...]:
    return tuple(
        _Name(_key(name), _today(commune).nis, not commune.successor and name in _official(commune))
        for commune in _table().values()
        for name in {*commune.names.values(), *commune.also}
    )


@cache
def _compact_names() -> Mapping[str, frozenset[str]]:
    """Names without spaces, "saint" written out and shortened, to the communes of today that they mean."""
    found: dict[str, set[str]] = {}
    for commune in _table().values():
        for name in (*commune.names.values(), *commune.also):
            for form in (_key(name), normalise(name)):
                found.setdefault(form.replace(" ", ""), set()).add(_today(commune).nis)
    return {compact: frozenset(codes) for compact, codes in found.items()}


def _official(commune: Commune) -> Iterable[str]:
    return (commune.names[language] for language in commune.languages)


def _populous(commune: Commune) -> int:
    return -commune.residents

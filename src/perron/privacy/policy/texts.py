"""The words of the policy in one language, with figures and names filled in from `policy.toml`.

Ask by the identifiers of `policy.toml`: `texts("fr").activity("B").purpose`, `texts("nl").category("name")`. What the
policy does not use has no words here and raises `KeyError`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, partialmethod
from typing import Any

from perron.core.text import typeset
from perron.privacy.policy.current import policy
from perron.privacy.policy.filling import facts, listed, period_in_words
from perron.privacy.policy.periods import Period
from perron.privacy.policy.reading import BadPolicy
from perron.privacy.policy.values import Body, Policy, Retention
from perron.privacy.policy.wording import find_faults, read_words


@dataclass(frozen=True, kw_only=True)
class ActivityTexts:
    """What people read about one activity.

    `consequence`: what follows from not providing the data (GDPR art. 13(2)(e)), "" where no data are asked.
    `interest`: the legitimate interest spelt out (art. 13(1)(d)), "" where none is relied on.
    `bases`: by the basis' id, on what it rests and for whom. `retentions`: by trigger, how long, in full sentences.
    """

    name: str
    purpose: str
    consequence: str
    interest: str
    bases: Mapping[str, str]
    retentions: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class RightTexts:
    """The name of a right, and a sentence on what it allows."""

    name: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Texts:
    """One language of one version. `statement(key)` answers "offer", "roles", "changes",
    "location", "security", "rights", "contact", "children", "backups", and where they apply "links" and "undertaking".
    """

    language: str
    policy: Policy
    words: Mapping[str, Any]
    facts: Mapping[str, str]

    def _word(self, table: str, key: str) -> str:
        return self._filled(self.words[table][key])

    @property
    def introduction(self) -> str:
        """Who the operator is and what this policy is for."""
        return self._filled(self.words["introduction"])

    @property
    def changes(self) -> str:
        """What changed since the version before."""
        return self._filled(self.words["changes"])

    @property
    def authority(self) -> str:
        """The supervisory authority's name."""
        return self.facts["authority"]

    def statement(self, key: str) -> str:
        """Return one of the paragraphs that concern every activity."""
        return self._filled(self.words["statements"][key])

    def activity(self, activity: str) -> ActivityTexts:
        """Return what people read about one activity."""
        words = self.words["activities"][activity]
        retentions = self.policy.activities[activity].retentions
        return ActivityTexts(
            name=self._filled(words["name"]),
            purpose=self._filled(words["purpose"]),
            consequence=self._filled(words.get("consequence", "")),
            interest=self._filled(words.get("interest", "")),
            bases={key: self._filled(sentence) for key, sentence in words.get("bases", {}).items()},
            retentions={key: self._kept(words["retentions"][key], each) for key, each in retentions.items()},
        )

    def passing(self, trigger: str) -> str:
        """Return the sentence on a short retention that every activity shares."""
        return self._kept(self.words["passing"][trigger], self.policy.passing[trigger])

    def retention(self, activity: str, trigger: str) -> str:
        """Return the sentence on how long data of `activity` stay after `trigger`."""
        own = self.policy.activities[activity].retentions
        return self.activity(activity).retentions[trigger] if trigger in own else self.passing(trigger)

    def recipient(self, recipient: str) -> str:
        """Return who it is, with "(where needed)" where the policy says so."""
        if self.policy.recipients[recipient].if_needed:
            return f"{self._word('recipients', recipient)} ({self.statement('if_needed')})"
        return self._word("recipients", recipient)

    def right(self, right: str) -> RightTexts:
        """Return the name of a right and what it allows."""
        words = self.words["rights"][right]
        return RightTexts(name=self._filled(words["name"]), text=self._filled(words["text"]))

    # Each takes the identifier in policy.toml and returns its words.
    subject = partialmethod(_word, "subjects")
    category = partialmethod(_word, "categories")
    agreement = partialmethod(_word, "agreements")
    measure = partialmethod(_word, "measures")
    reason = partialmethod(_word, "reasons")
    trigger = partialmethod(_word, "triggers")
    ground = partialmethod(_word, "grounds")
    role = partialmethod(_word, "roles")
    storage = partialmethod(_word, "storages")
    country = partialmethod(_word, "countries")
    transmission = partialmethod(_word, "transmissions")
    representative = partialmethod(_word, "representatives")
    third_party = partialmethod(_word, "third_parties")

    def period(self, period: Period) -> str:
        """Return a period in words: "1 an", "2 years and 6 months"."""
        return period_in_words(period, self.language)

    def listed(self, things: list[str]) -> str:
        """Return "one, two and three"."""
        return listed(things, self.language)

    def address(self, body: Body) -> str:
        """Return an address in one line, with its country."""
        return f"{body.street}, {body.postal_code} {body.locality}, {self.country(body.country)}"

    def _filled(self, sentence: str, **more: str) -> str:
        # The sentence is set, not what fills it: names are written as their owners write them.
        return typeset(sentence, self.language).format_map({**self.facts, **more}).strip()

    def _kept(self, sentence: str, retention: Retention) -> str:
        filled = self._filled(
            sentence,
            period=self.period(retention.period) if retention.period else "",
            reasons=self.listed([self.reason(reason) for reason in retention.reasons]),
        )
        further = (
            self.statement(key) for key in ("as_law_requires", "contract_may_shorten") if _applies(retention, key)
        )
        return " ".join([filled, *further])


def texts(language: str, of: Policy | None = None) -> Texts:
    """Return the words of the policy in force, or of the version `of`, in "fr", "nl", "de" or "en".

    Raises `BadPolicy` with one line for each word that is missing, superfluous or does not say what the program does.
    """
    return _texts(of or policy(), language)


@lru_cache(maxsize=64)
def _texts(of: Policy, language: str) -> Texts:
    file = of.folder / f"{language}.toml"
    try:
        words = read_words(of, language)
    except FileNotFoundError as error:
        raise BadPolicy(f"{file}: is missing; write the words of the policy in this language too.") from error
    except OSError as error:
        raise BadPolicy(f"{file}: cannot be read ({error.strerror}); make it a file that Perron may read.") from error
    except ValueError as error:
        raise BadPolicy(f"{file}: not TOML ({error}); compare with docs/policy.md.") from error
    countries = words.get("countries", {})
    known = facts(of, language, countries=countries, authority=words.get("authority", ""))
    if faults := find_faults(words, of, known):
        raise BadPolicy("\n".join(f"{file}: {fault}" for fault in faults))
    return Texts(language=language, policy=of, words=words, facts=known)


def _applies(retention: Retention, key: str) -> bool:
    return {
        "as_law_requires": retention.or_as_law_requires,
        "contract_may_shorten": retention.contract_may_shorten,
    }[key]

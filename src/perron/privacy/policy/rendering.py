"""The policy as a document in one language. Nothing here is HTML: the reader's policy page gives it its looks.

`page(policy, words)` is what the policy page shows and what `comparing` compares, so that whatever an operator changes
in the policy is seen on the page and in the comparison.
"""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import override

from perron.privacy.policy.activity_parts import activity_parts
from perron.privacy.policy.documents import Part
from perron.privacy.policy.general_parts import general_parts, who
from perron.privacy.policy.texts import Texts, texts
from perron.privacy.policy.values import Policy


@dataclass(frozen=True)
class Page:
    """A version of the policy in a language."""

    language: str
    announced: date
    in_force: date
    parts: tuple[Part, ...]

    def part(self, id_: str) -> Part:
        """Return the part with this id. Raises `KeyError`."""
        return {part.id: part for part in self.parts}[id_]


def words_for(policy: Policy, language: str) -> Texts:
    """Return the policy's words in `language`, or in the language in which it was adopted."""
    return texts(language if language in policy.languages else policy.languages[0], policy)


def page(policy: Policy, words: Texts) -> Page:
    """Return the whole policy in the language of `words` (GDPR arts 13, 14)."""
    with override(words.language):
        parts = (who(policy, words), *activity_parts(policy, words), *general_parts(policy, words))
    version = policy.version
    return Page(language=words.language, announced=version.announced, in_force=version.in_force, parts=parts)

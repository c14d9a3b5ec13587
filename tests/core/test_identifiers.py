import uuid
from datetime import timedelta

from perron.core.clock import now
from perron.core.identifiers import uuid7


def test_identifiers_are_version_7_and_say_when_they_were_made() -> None:
    made = uuid7()
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    milliseconds = made.int >> 80
    assert abs(now().timestamp() * 1000 - milliseconds) < timedelta(minutes=1) / timedelta(milliseconds=1)


def test_identifiers_sort_in_the_order_in_which_they_were_made() -> None:
    def later(than: uuid.UUID) -> uuid.UUID:
        """A row takes longer to write than the 244 ns that the fraction of a millisecond tells apart."""
        while (made := uuid7()).int >> 64 == than.int >> 64:
            pass
        return made

    identifiers = [uuid7()]
    for _ in range(200):
        identifiers.append(later(identifiers[-1]))
    assert sorted(identifiers) == identifiers
    assert len({identifier.int >> 80 for identifier in identifiers}) < 200

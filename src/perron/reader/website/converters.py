"""A calendar day in an address: "2026-11-01"."""

from datetime import date


class Day:
    """Matches calendar days only, so that an address with the 31st of June does not exist."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        """Return the day; `ValueError` means that this address does not match."""
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        """Return the day as in the address."""
        return value.isoformat()

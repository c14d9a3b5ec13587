"""Parts of addresses."""

from perron.core.language import LANGUAGES


class Language:
    """`<language:language>`: one of Perron's languages."""

    regex = "|".join(LANGUAGES)

    def to_python(self, value: str) -> str:
        """Return the code."""
        return value

    def to_url(self, value: str) -> str:
        """Return the code."""
        return value

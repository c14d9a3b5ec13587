"""Parts of addresses."""

from django.urls.converters import StringConverter

from perron.core.language import LANGUAGES


class Language(StringConverter):
    """`<language:language>`: one of Perron's languages."""

    regex = "|".join(LANGUAGES)

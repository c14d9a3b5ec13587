"""Compiles the translations (`locale/*/LC_MESSAGES/django.po`) of every package; run once after installing."""

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from perron.core import text


def main() -> None:
    """Write a `.mo` beside each `.po` that is newer; or than which these rules are."""
    rules = max(Path(file).stat().st_mtime for file in (__file__, text.__file__))
    for source in sorted(Path(__file__).resolve().parent.parent.glob("*/locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= max(source.stat().st_mtime, rules):
            continue
        language = source.parent.parent.name
        with source.open("rb") as file:
            catalogue = read_po(file, locale=language)
        _typeset(catalogue, language)
        with target.open("wb") as compiled:
            write_mo(compiled, catalogue)


def _typeset(catalogue: Catalog, language: str) -> None:
    """Catalogues are typed as a keyboard has it and read as in print."""
    for message in catalogue:
        if not message.id:
            continue  # the catalogue's own header
        if isinstance(message.string, str):
            message.string = text.typeset(message.string, language)
        elif message.string:
            message.string = tuple(text.typeset(form, language) for form in message.string)


if __name__ == "__main__":
    main()

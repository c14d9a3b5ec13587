"""Collects the translatable texts of every package into its `locale/`: `make messages`. Needs GNU gettext."""

import os
import sys
from pathlib import Path

import django
import polib
from django.core.management import call_command

from perron.core.language import LANGUAGES
from perron.project.commandline import main as _main
from perron.project.compile_messages import main as compile_messages

PACKAGES = Path(_main.__code__.co_filename).resolve().parent.parent
# The texts in the code are English; the others are translations of them.
TRANSLATED = [language for language in LANGUAGES if language != "en"]


def main() -> int:
    """Update and compile every catalogue (or those of the packages named); return 1 if a text lacks a translation."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "perron.project.settings")
    # Before the folder changes below: PERRON_HOME is looked for from here.
    django.setup()
    chosen = sys.argv[1:] or sorted(folder.name for folder in PACKAGES.iterdir() if (folder / "__init__.py").exists())
    lacking = 0
    for package in chosen:
        lacking += update(PACKAGES / package)
    compile_messages()
    return min(lacking, 1)


def update(package: Path) -> int:
    """Update the catalogues of one package; print and return how many texts lack a translation."""
    (package / "locale").mkdir(exist_ok=True)
    here = Path.cwd()
    os.chdir(package)
    try:
        call_command("makemessages", locale=TRANSLATED, no_location=True, no_obsolete=True, verbosity=0)
    finally:
        os.chdir(here)
    lacking = 0
    for path in sorted(package.glob("locale/*/LC_MESSAGES/django.po")):
        catalogue = polib.pofile(str(path), wrapwidth=10_000)
        # A date in each file would make every branch touch every catalogue.
        for key in (
            "POT-Creation-Date",
            "PO-Revision-Date",
            "Last-Translator",
            "Report-Msgid-Bugs-To",
            "Language-Team",
        ):
            catalogue.metadata.pop(key, None)
        catalogue.header = ""
        catalogue.metadata_is_fuzzy = False
        catalogue.metadata["Language"] = path.parents[1].name
        catalogue.save(str(path))
        missing = [entry for entry in catalogue if lacks_translation(entry, catalogue)]
        lacking += len(missing)
        for entry in missing:
            print(f"{path.relative_to(package.parent)}: {entry.msgid!r}")  # noqa: T201 the tool's answer
    if not any((package / "locale").rglob("*.po")):
        (package / "locale").rmdir()
    return lacking


def lacks_translation(entry: polib.POEntry, catalogue: polib.POFile) -> bool:
    """Return whether an entry has no text, a guessed one, or not one for each plural form of its language."""
    if entry.msgid_plural:
        # polib counts only the forms that are written, and French has three.
        forms = int(catalogue.metadata["Plural-Forms"].partition("nplurals=")[2].partition(";")[0])
        return entry.fuzzy or any(not entry.msgstr_plural.get(form) for form in range(forms))
    return not entry.translated()


if __name__ == "__main__":
    sys.exit(main())

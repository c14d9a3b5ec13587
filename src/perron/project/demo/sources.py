"""The calendar and the feed of the demo, which come in by `perron import` like anybody's."""

import re
from collections.abc import Iterable
from datetime import date
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.management import call_command

from perron.project.demo import dating
from perron.project.demo.entries import DATA, table

# `{{sat %Y%m%d}}` in a file is the day and how the format writes it.
_DAY = re.compile(r"\{\{(\S+) ([^{}]+)\}\}")


def bring_in(communities: Iterable[str], today: date) -> None:
    """Import the demo's files with today's dates into these communities; what did not change stays as it is."""
    with TemporaryDirectory() as folder:
        for source in table("places")["source"]:
            if source["community"] in communities:
                text = (DATA / "sources" / source["file"]).read_text()
                path = Path(folder) / source["file"]
                path.write_text(_DAY.sub(lambda match: f"{dating.day(match[1], today):{match[2]}}", text))
                call_command("import", str(path), community=source["community"], name=source["name"],
                             licence=source["licence"], stdout=StringIO(), stderr=StringIO())  # fmt: skip

"""The import rows of the table: a feed of 10,000 entries, first, again unchanged, again with one entry changed.

Measured in a process and a database of their own.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

ENTRIES = 10_000


def rows() -> list[dict[str, Any]]:
    """Return the three rows; `reference` and `ratio` are None: these targets are absolute."""
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {"PERRON_HOME": home, "DJANGO_SETTINGS_MODULE": "perron.project.settings"}
        measured = json.loads(
            subprocess.run([sys.executable, "-m", "bench.importing"], env=environment, check=True, capture_output=True)
            .stdout.splitlines()[-1]
        )  # fmt: skip
    return [
        _row("import of a 10,000-entry feed", measured["first"], "s", 60),
        _row("the same feed again, unchanged", measured["again"], "s", 1),
        _row("the same feed with one entry changed: time", measured["one"], "s", 60),
        _row("the same feed with one entry changed: items written", measured["written"], "items", 1),
    ]


def feed(*, changed: int | None = None, entries: int = ENTRIES) -> bytes:
    """Return an RSS feed; the entry of number `changed` has another text."""
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    items = "".join(
        f"<item><title>Nouvelle {n} de la commune</title><guid isPermaLink='false'>n{n}</guid>"
        f"<link>https://feeds.example/{n}</link><pubDate>{format_datetime(begin + timedelta(minutes=n))}</pubDate>"
        f"<description><![CDATA[<p>Le <b>conseil</b> se réunit à {n % 24} h, salle {n}. <a href='/plus/{n}'>En savoir "
        f"plus</a></p><ul><li>Budget</li><li>Travaux{' (reporté)' if n == changed else ''}</li></ul>]]></description>"
        f"<category>culture</category></item>"
        for n in range(entries)
    )
    head = "<rss version='2.0'><channel><title>La commune</title><link>https://feeds.example/</link>"
    return f"{head}<description/><language>fr</language>{items}</channel></rss>".encode()


def _row(name: str, value: float, unit: str, target: float) -> dict[str, Any]:
    return {"name": name, "value": round(value, 2), "unit": unit, "reference": None, "ratio": None,
            "target": f"<= {target}", "met": value <= target}  # fmt: skip


def _measure() -> dict[str, float]:
    import django  # noqa: PLC0415 this process sets Django up by itself

    from perron.privacy.tenancy.scope import process_acts_as_program  # noqa: PLC0415

    django.setup()
    process_acts_as_program()
    from django.core.management import call_command  # noqa: PLC0415

    from perron.communities.models import Community, Partner  # noqa: PLC0415
    from perron.privacy.acting import Actor  # noqa: PLC0415
    from perron.publishing.models import Release  # noqa: PLC0415
    from perron.publishing.sources.importing import Options, import_file  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    partner = Partner.objects.create(slug="partner", name="Partner")
    community = Community.objects.create(partner=partner, slug="town", kind="commune", names={"fr": "Town"})

    def run(data: bytes) -> Callable[[], object]:
        return lambda: import_file(community, data, "feed.rss", Options(release=True), by=Actor("source"))

    first, again = feed(), feed(changed=ENTRIES // 2)
    times = {name: _timed(run(data)) for name, data in (("first", first), ("again", first), ("one", again))}
    return times | {"written": Release.objects.count() - ENTRIES}


def _timed(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


if __name__ == "__main__":
    print(json.dumps(_measure()))

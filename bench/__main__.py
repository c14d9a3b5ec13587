"""`python -m bench` measures everything, `python -m bench NAME …` some of it; both write `bench.json` under var/."""

import json
import os
import pkgutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

import bench
from bench.rows import Row


def main() -> int:
    """Run the modules that have `rows()`, print a table, and return 1 if a target is missed."""
    target = Path(os.environ.get("PERRON_HOME", "var")).resolve() / "bench.json"
    rows = [row for name in sys.argv[1:] or _modules() for row in _measure(name)]
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=1) + "\n")
    _print(rows)
    return int(any(row.met is False for row in rows))


def _modules() -> list[str]:
    """Return the modules of this package that measure something, without importing them here."""
    folder = Path(bench.__path__[0])
    names = [name for _, name, _ in pkgutil.iter_modules(bench.__path__) if not name.startswith("_")]
    return [name for name in names if "\ndef rows()" in (folder / f"{name}.py").read_text()]


def _measure(name: str) -> list[Row]:
    """Measure in a process and an installation of its own; what fails is a row that is not met."""
    print(f"{name} …", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory(prefix="perron-bench-") as home, _database(name) as address:
        own = {"PERRON_HOME": home, "DJANGO_SETTINGS_MODULE": "perron.project.settings", **address}
        outcome = Path(home) / "rows.json"
        subprocess.run([sys.executable, "-m", "bench.rows", name, str(outcome)], env=os.environ | own, check=False)
        if not outcome.exists():
            return [Row(name=name, value=None, unit="", target="can be measured", met=False)]
        return [Row(**row) for row in json.loads(outcome.read_text())]


@contextmanager
def _database(name: str) -> Iterator[dict[str, str]]:
    """For a module that wants PostgreSQL, make a database of its own beside that of PERRON_BENCH_DATABASE."""
    given = urlsplit(os.environ.get("PERRON_BENCH_DATABASE", ""))
    if not given.scheme or "\nON_POSTGRESQL = True" not in (Path(bench.__path__[0]) / f"{name}.py").read_text():
        yield {}
        return
    own = f"bench_{name}_{os.getpid()}"
    with psycopg.connect(given.geturl(), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(own)))
        try:
            yield {"PERRON_DATABASE": given._replace(path=f"/{own}").geturl()}
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(own)))


def _print(rows: list[Row]) -> None:
    header = ("what", "value", "unit", "reference", "ratio", "target", "met")
    shown = {True: "yes", False: "NO", None: ""}
    lines = [header] + [
        (
            row.name,
            _figure(row.value),
            row.unit,
            _figure(row.reference),
            _figure(row.ratio),
            row.target,
            "not measured" if row.value is None else shown[row.met],
        )
        for row in rows
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _figure(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,g}" if abs(value) < 1000 else f"{value:,.0f}"


if __name__ == "__main__":
    sys.exit(main())

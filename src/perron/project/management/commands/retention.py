from argparse import ArgumentParser, ArgumentTypeError
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from perron.core.clock import end_of_day
from perron.privacy.policy.reading import BadPolicy
from perron.privacy.retaining import Line, Report, expire

_COLUMNS = "{:<12}{:<36}{:>10}{:>10}{:>10}  {}"


class Command(BaseCommand):
    """`perron retention`."""

    help = "Lets go what has had its time by the data-protection policy, and says how much was due, went and stayed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument("--as-of", type=_day, metavar="DATE", help="what is due by the end of this day: 2026-12-31")
        parser.add_argument("--dry-run", action="store_true", help="only say what would go")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Sweep, and fail if something is overdue afterwards."""
        try:
            report = expire(as_of=options["as_of"], dry_run=options["dry_run"])
        except BadPolicy as error:
            raise CommandError(str(error)) from error
        went = "would go" if report.dry_run else "expired"
        self.stdout.write(_COLUMNS.format("activity", "table", "due", went, "left", "why").rstrip())
        for activity, lines in groupby(report.lines, key=lambda line: line.activity):
            self._write(activity, list(lines))
        self._conclude(report)

    def _write(self, activity: str, lines: list[Line]) -> None:
        for line in lines:
            if line.due:
                self.stdout.write(_row(activity, line.table, line.due, line.expired, line.left))
        due, expired = sum(line.due for line in lines), sum(line.expired for line in lines)
        left = sum((Counter(line.left) for line in lines), Counter())
        self.stdout.write(_row(activity, "all", due, expired, left))

    def _conclude(self, report: Report) -> None:
        if report.overdue:
            late = ", ".join(f"{number} in {table}" for table, number in report.overdue.items())
            raise CommandError(f"Overdue: {late}. Run the command again; if they stay, something holds them locked.")
        if not report.dry_run:
            self.stdout.write("Zero rows overdue.")


def _row(activity: str, table: str, due: int, expired: int, left: Mapping[str, int]) -> str:
    why = ", ".join(f"{reason}: {number}" for reason, number in left.items())
    return _COLUMNS.format(activity, table, due, expired, sum(left.values()), why).rstrip()


def _day(text: str) -> datetime:
    try:
        return end_of_day(date.fromisoformat(text))
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is no date; write it as 2026-12-31") from error

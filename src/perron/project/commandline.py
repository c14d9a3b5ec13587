"""The command `perron`: Django's commands and our own, listed by `perron help`."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import OperationalError, ProgrammingError

from perron.privacy.tenancy.scope import process_acts_as_program

# PostgreSQL's code for a table that is not there (appendix A of its manual); SQLite has none, and says it in words.
_NO_TABLE = "42P01"


def main() -> None:
    """Run the command that the arguments name.

    A wrong setting, a closed gate, or a database that cannot be reached or is empty is a sentence, not a traceback.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "perron.project.settings")
    process_acts_as_program()
    try:
        execute_from_command_line(["perron", *sys.argv[1:]])
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    except (OperationalError, ProgrammingError) as error:
        if "--traceback" in sys.argv or not (said := _explained(error)):
            raise
        sys.exit(said)


def _explained(error: OperationalError | ProgrammingError) -> str:
    """Return a sentence for what the one who started the command can put right; "" for anything else."""
    if getattr(error.__cause__, "sqlstate", None) == _NO_TABLE or "no such table" in str(error):
        return "The database has no tables yet. perron init, perron demo or perron migrate makes them."
    if isinstance(error, OperationalError):
        return f"The database cannot be used; look at PERRON_DATABASE. {error}"
    return ""


if __name__ == "__main__":
    main()

"""The command `perron`: Django's commands and our own, listed by `perron help`."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main() -> None:
    """Run the command that the arguments name; a wrong setting or a closed gate is a sentence, not a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "perron.project.settings")
    try:
        execute_from_command_line(["perron", *sys.argv[1:]])
    except ImproperlyConfigured as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()

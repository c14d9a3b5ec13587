"""What the installations of `test_rows_X6` begin with: `python -m tests.policy.two_people` makes it, and prints it.

With arguments: `evidence DEED` prints what is proved of the last such deed.
"""

import json
import os
import sys

import django

from perron.privacy.tenancy.scope import process_acts_as_program


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "perron.project.settings")
    django.setup()
    process_acts_as_program()
    # Django's models can only be imported now.
    from perron.privacy.evidence.tables import EvidenceDetail, EvidenceEntry  # noqa: PLC0415
    from tests import making  # noqa: PLC0415

    if sys.argv[1:2] == ["evidence"]:
        entry = EvidenceEntry.objects.filter(deed=sys.argv[2]).latest("sequence")
        print(EvidenceDetail.objects.get(sequence=entry.sequence).about)  # noqa: T201 the answer
        return
    making.platform(making.community())
    anne = making.person("anne@example.org")
    anne.name = "Anne Lambert-Planted"
    anne.language = "nl"
    anne.save()
    making.person("bert@example.org")
    print(json.dumps({"anne": str(anne.pk)}))  # noqa: T201 the answer


if __name__ == "__main__":
    main()

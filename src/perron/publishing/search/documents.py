"""Reading attached files, once each, by a program of its own with limits: a hostile file costs nothing but its turn."""

import os
import subprocess
import sys
from collections.abc import Iterator

from django.core.files.storage import default_storage
from django.db import transaction

from perron.publishing.models import Attachment, DocumentWords, Item
from perron.publishing.search.indexing import index
from perron.publishing.search.words import words_of
from perron.publishing.uploading import attachment_file

_AT_ONCE = 20
# Seconds by the clock; the program itself ends after fewer of processor time.
_PATIENCE = 120
_PROGRAM = "perron.core.document_text"


def read_documents() -> int:
    """Read files of public items that were not read yet, and write anew what those items are found by; return how many
    were read. What cannot be read is noted as empty, and not tried again."""
    waiting = Attachment.objects.filter(enclosures__item__state=Item.State.RELEASED, read=None).distinct()
    files = list(waiting.order_by("-pk")[:_AT_ONCE])
    for file in files:
        _keep(file, " ".join(words_of(_read(file))))
    return len(files)


def _keep(file: Attachment, words: str) -> None:
    with transaction.atomic():
        DocumentWords.objects.update_or_create(attachment=file, defaults={"words": words})
        if words:
            enclosing = Item.objects.filter(enclosures__attachment=file).values("pk")
            index(Item.objects.select_for_update().filter(pk__in=enclosing, state=Item.State.RELEASED))


def _read(file: Attachment) -> Iterator[str]:
    try:
        with default_storage.open(attachment_file(file)) as stored:
            data = stored.read()
    except OSError:
        return
    try:
        done = subprocess.run(  # noqa: S603 our own program
            [sys.executable, "-I", "-m", _PROGRAM, file.media_type],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_PATIENCE,
            check=False,
            # Nothing that the settings hold.
            env={"PATH": os.defpath},
        )
        said = done.stdout
    except subprocess.TimeoutExpired as late:
        said = late.stdout or b""
    # A long file that reached a limit is found by what was read until then.
    yield said.decode("utf-8", "ignore")

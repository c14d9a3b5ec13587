from django.db import models

from perron.core.clock import now


class SearchEntry(models.Model):
    """What a public item is found by. The database's own index is made of `words` (migration 0013).

    The key follows the moment of first publication (`indexing.key_of`), so that the index is in the order in which
    results are shown.
    """

    id = models.BigIntegerField(primary_key=True)
    item = models.OneToOneField("publishing.Item", on_delete=models.CASCADE, related_name="search_entry")
    # Normalised words, each once, and marks (`words.py`), with one space between them.
    words = models.TextField()
    expires_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.item_id)


class DocumentWords(models.Model):
    """The normalised words of an attached file, each once; none if there is no text in it that could be read."""

    attachment = models.OneToOneField(
        "publishing.Attachment", on_delete=models.CASCADE, primary_key=True, related_name="read"
    )
    words = models.TextField(blank=True)
    read_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return str(self.attachment_id)

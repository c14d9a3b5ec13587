"""What a web process takes when it has done everything and its memory for pages is full."""

from bench.rows import Row, at_most
from bench.servers import Server, available, get, requests_per_second
from perron.publishing.models import Item

_PAGES = 1_500


def memory(server: Server) -> list[Row]:
    """Have many different pages kept in three encodings, load one of them, and look at the resident memory."""
    slugs = Item.objects.filter(community__slug="big").values_list("slug", flat=True)[:_PAGES]
    for slug in slugs:
        for encoding in ("identity", "gzip", "br"):
            get(f"{server.origin}/fr/big/{slug}/", Accept_Encoding=encoding)
    if available("wrk"):
        requests_per_second(f"{server.origin}/fr/big/cards.json")
    return [at_most("memory of one web process after the bench", server.memory() / 1_000_000, "MB", 200)]

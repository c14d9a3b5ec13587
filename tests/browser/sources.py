"""The connected sources of the town that the browser tests look at, as polls have left them."""

from datetime import timedelta

from perron.communities.models import Community
from perron.core.clock import now
from perron.privacy.acting import SYSTEM
from perron.publishing import drafting
from perron.publishing.models import Connection, Item
from perron.publishing.sources.connecting import Chosen, connect
from perron.publishing.sources.importing import Options, write_feed
from perron.publishing.sources.reading import read
from tests import making
from tests.sources.writing_files import SOURCE, entry, rss

# They are never asked: there is nothing at the address.
_LATER = timedelta(days=999)


def sources_of(community: Community) -> dict[str, str]:
    """Connect one source that lost most of its entries and one that fails; return what tests need."""
    held = connect(community, "https://feeds.example/rss", Chosen(release=True, name="La feuille"), by=SYSTEM)
    for text in ("Un texte.", "Un autre texte."):
        feed = read(rss(entry("1", "Marché aux fleurs", text), entry("2", "Kermesse", "Dimanche.")))
        write_feed(held.source, feed, "La feuille", Options(), by=SOURCE)
        offered = Item.objects.get(working_title__startswith="Marché aux fleurs")
        if offered.edition == 1:
            drafting.save(offered, making.content(title="Marché aux fleurs, corrigé"), by=SYSTEM, expected=1)
    changes = {"created": 2, "changed": 1, "withdrawn": 0}
    known = {"format": "RSS", "due_at": now() + _LATER, "succeeded_at": now(), "changed_at": now(), "changes": changes}
    notes = [["entrée 3", "Ni titre ni texte."]]
    Connection.objects.filter(pk=held.pk).update(held_at=now(), lost=38, lost_of=40, notes=notes, **known)
    failing = connect(community, "https://www.commune.example/@search", Chosen(name="Le site de la commune"), by=SYSTEM)
    Connection.objects.filter(pk=failing.pk).update(
        failing_since=now() - timedelta(days=2), problem="status", detail="503", failures=8,
        mapping={"list": "items", "title": "title"}, **known,
    )  # fmt: skip
    return {"source": str(held.pk), "failing_source": str(failing.pk), "offered": str(offered.pk)}

"""What a message is called where nothing else tells what it is."""

from typing import Any

import pytest
from django.utils.translation import override

from perron.delivery.titling import title_of
from perron.publishing.models import Release
from perron.publishing.presenting import present
from tests import making

pytestmark = pytest.mark.django_db

RELEASED, CORRECTED, WITHDRAWN = Release.What.RELEASED, Release.What.CORRECTED, Release.What.WITHDRAWN


@pytest.mark.parametrize(
    ("kind", "title", "more", "what", "said"),
    [
        ("alert", "Crue", {}, RELEASED, "Alerte\xa0: Crue"),
        ("alert", "Crue", {}, CORRECTED, "Alerte, mise à jour\xa0: Crue"),
        ("alert", "Crue", {}, WITHDRAWN, "Terminé\xa0: Crue"),
        ("alert", "Alerte inondation", {}, RELEASED, "Alerte inondation"),
        ("alert", "Crue", {"details": {"status": "Exercise"}}, RELEASED, "Exercice\xa0: Crue"),
        ("news", "Marché", {}, RELEASED, "Marché"),
        ("news", "Marché", {}, WITHDRAWN, "Retiré\xa0: Marché"),
    ],
)
def test_a_title_says_what_it_is(kind: str, title: str, more: dict[str, Any], what: str, said: str) -> None:
    item = making.released(kind, title=title, **more)
    with override("fr"):
        assert title_of(present(item, "fr"), what) == said

"""An editor whose role changes while the editor is open: the next request is refused, and no word is lost."""

from django.test import Client
from django.urls import reverse

from perron.communities.membership import change_role, end
from perron.communities.models import Community, Member
from perron.communities.roles import Role
from perron.privacy.acting import SYSTEM
from perron.publishing.lending.rules import lend
from perron.publishing.models import Item
from tests import making

TYPED = {"action": "save", "title_fr": "Le pont rouvre", "body_fr": "Un texte <b>tout neuf</b>.", "form": ""}


def _member() -> Member:
    return Member.objects.get(person__email="editor@example.org")


def test_a_demoted_editor_may_write_and_not_release_from_the_next_click_on(editor: Client, liege: Community) -> None:
    item = making.draft(at=liege)
    path = reverse("studio:edit", args=["liege", item.pk])
    assert 'value="release"' in editor.get(path).content.decode()
    change_role(_member(), Role.AUTHOR, by=SYSTEM)
    answer = editor.post(path, TYPED | {"action": "release", "edition": str(item.edition), "summary_fr": "En bref."})
    assert answer.status_code == 403
    page = answer.content.decode()
    assert "Your role at Liege does not allow you to release" in page
    assert "Un texte &lt;b&gt;tout neuf&lt;/b&gt;." in page
    item.refresh_from_db()
    assert (item.state, item.working_title) == (Item.State.DRAFT, "Le pont rouvre")


def test_whose_membership_ended_reads_why_and_what_they_typed(editor: Client, liege: Community) -> None:
    item = making.draft(at=liege)
    paths = [reverse("studio:edit", args=["liege", item.pk]), "/studio/liege/new/news/"]
    namur = making.community("namur")
    Member.objects.create(person=_member().person, community=namur, role=Role.AUTHOR)
    end(Member.objects.get(person__email="editor@example.org", community=liege), by=SYSTEM)
    for path in paths:
        answer = editor.post(path, TYPED | {"edition": str(item.edition)})
        assert answer.status_code == 403
        assert "You may not write here any more" in answer.content.decode()
        assert "Un texte &lt;b&gt;tout neuf&lt;/b&gt;." in answer.content.decode()
    # What saves by itself is told apart from a lost connection; the browser keeps the words (tests/browser).
    autosave = reverse("studio:autosave", args=["liege", item.pk])
    assert editor.post(autosave, TYPED | {"edition": str(item.edition)}).status_code == 404
    item.refresh_from_db()
    assert (item.edition, Item.objects.count()) == (1, 1)


def test_who_was_signed_out_reads_what_they_typed(editor: Client, liege: Community) -> None:
    item = making.draft(at=liege)
    end(_member(), by=SYSTEM)
    answer = editor.post(reverse("studio:edit", args=["liege", item.pk]), TYPED, headers={"accept-language": "en"})
    assert answer.status_code == 403
    assert "You are signed out" in answer.content.decode()
    assert "Le pont rouvre" in answer.content.decode()


def test_an_address_that_shows_a_draft_ends_with_who_made_it(liege: Community, client: Client) -> None:
    person = making.person("anne@example.org", role=Role.AUTHOR, at=liege)
    item = making.draft(at=liege)
    _loan, secret = lend(item, by=person.actor)
    assert client.get(f"/studio/~{secret}/").status_code == 200
    end(Member.objects.get(person=person), by=SYSTEM)
    answer = client.get(f"/studio/~{secret}/", headers={"accept-language": "en"})
    assert answer.status_code == 410
    assert "does not write here any more" in answer.content.decode()

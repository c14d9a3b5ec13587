"""An administrator of the partner asks for the archive; the worker makes it; after some days it is gone."""

import hashlib
import io
from datetime import timedelta
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from perron.communities.agreements import in_force
from perron.communities.contracting import ending
from perron.communities.models import Agreement, Member, Partner
from perron.core import clock
from perron.desk import taking_in
from perron.letters.models import Letter
from perron.privacy.models import AuditEntry
from perron.publishing.handing_over import preparing
from perron.publishing.handing_over.opening import opened
from perron.publishing.models import Archive
from tests import making
from tests.moving import world
from tests.moving.test_bad_archives import state
from tests.studio.conftest import signed_in

pytestmark = pytest.mark.django_db


def test_an_archive_is_asked_for_made_downloaded_and_gone() -> None:
    partner = world.furnish()
    browser = signed_in(Member.objects.get(partner=partner).person)
    page = "/desk/partners/ville/archives/"
    assert browser.post(page).status_code == 302
    assert browser.post(page).status_code == 422
    assert "It is being made." in browser.get(page).content.decode()
    assert preparing.prepare_due() == 1
    archive = Archive.objects.get()
    file = f"{page}{archive.pk}.zip"
    assert file in browser.get(page).content.decode()
    response = browser.get(file)
    content = b"".join(response)
    assert (response["Cache-Control"], len(content)) == ("no-store", archive.size)
    with opened(io.BytesIO(content)) as read:
        assert read.manifest.partner.slug == "ville"
    verbs = set(AuditEntry.objects.filter(tenant_id=partner.pk).values_list("verb", flat=True))
    assert {"ask for archive", "hand over", "download archive"} <= verbs
    # Another partner's administrator finds nothing there, nor an editor, nor at the address of the file.
    stranger = making.person("s@example.org")
    Member.objects.create(person=stranger, partner=making.partner("namur"), role="administrator")
    editor = making.person("e@example.org", role="editor", at=partner.communities.get(slug="liege"))
    for other in (signed_in(stranger), signed_in(editor)):
        assert other.get(page).status_code in {403, 404}
        assert other.get(file).status_code in {403, 404}
    assert signed_in(stranger).get(f"/desk/partners/namur/archives/{archive.pk}.zip").status_code == 404
    with clock.travel(clock.now() + timedelta(days=8)):
        preparing.prepare_due()
    assert not Archive.objects.exists()
    assert not default_storage.exists(preparing.file_of(archive))
    assert browser.get(file).status_code == 404


def test_who_lost_the_role_meanwhile_gets_nothing() -> None:
    partner = making.partner()
    person = making.person("b@example.org")
    held = Member.objects.create(person=person, partner=partner, role="administrator")
    preparing.ask(partner, by=person.actor)
    held.delete()
    preparing.prepare_due()
    archive = Archive.objects.get()
    assert (archive.state, default_storage.exists(preparing.file_of(archive))) == ("failed", False)
    assert archive.problem


def test_the_end_of_a_contract_brings_the_archive_and_a_letter_that_says_so() -> None:
    partner = world.furnish()
    director = Member.objects.get(partner=partner).person
    contract = in_force(partner, Agreement.Kind.CONTRACT)
    assert contract
    day = clock.today() + timedelta(days=30)
    ending.end(contract, by=director.actor, hand_over="return", due_on=day)
    assert (preparing.prepare_due(), preparing.prepare_due()) == (1, 0)
    (archive,) = preparing.archives_of(partner)
    letter = Letter.objects.get(kind="archive-ready")
    assert (letter.to, letter.context["due_on"]) == (director.email, day.isoformat())
    assert letter.context["link"].endswith("/desk/partners/ville/archives/")
    browser = signed_in(director)
    assert "made because the contract has ended" in browser.get("/desk/partners/ville/archives/").content.decode()
    content = b"".join(browser.get(f"/desk/partners/ville/archives/{archive.pk}.zip"))
    with opened(io.BytesIO(content)) as read:
        assert read.manifest.partner.slug == "ville"
    # It outlives those that somebody asked for, and goes when the data do.
    with clock.travel(clock.now() + timedelta(days=29)):
        preparing.prepare_due()
        assert default_storage.exists(preparing.file_of(archive))
    with clock.travel(clock.now() + timedelta(days=31)):
        assert preparing.prepare_due() == 0
        assert not default_storage.exists(preparing.file_of(archive))
    assert not Archive.objects.exists()


def test_what_is_promised_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    partner = world.furnish()
    contract = in_force(partner, Agreement.Kind.CONTRACT)
    assert contract
    director = Member.objects.get(partner=partner).person
    ending.end(contract, by=director.actor, hand_over="return", due_on=clock.today() + timedelta(days=30))
    with monkeypatch.context() as full:
        full.setattr(preparing, "hand_over", _no_room)
        preparing.prepare_due()
    assert (Archive.objects.get().state, Letter.objects.filter(kind="archive-ready").exists()) == ("failed", False)
    with clock.travel(clock.now() + timedelta(hours=7)):
        preparing.prepare_due()
    assert (Archive.objects.get().state, Letter.objects.filter(kind="archive-ready").count()) == ("made", 1)


def _no_room(*_arguments: object, **_more: object) -> None:
    raise OSError(28, "No space left on device")


def test_an_archive_is_looked_through_before_it_is_taken_in() -> None:
    partner = world.furnish()
    archive = world.archive(partner)
    good = archive.getvalue()
    for name in world.unpacked(archive):
        default_storage.delete(name.removeprefix("media/"))
    world.leave(partner)
    world.nobody_is("ville")
    desk = signed_in(making.person("operator@example.org", role="administrator"))
    before = state()
    page = sent(desk, good)
    assert page.status_code == 200
    shown = page.content.decode()
    digest = hashlib.sha256(good).hexdigest()
    assert ("In the archive: Ville" in shown, f'name="seen" value="{digest}"' in shown) == (True, True)
    # Whatever was looked through, and not this: it is looked through as well.
    assert sent(desk, good, seen="0" * 64).status_code == 200
    assert state() == before
    assert sent(desk, good, seen=digest)["Location"] == "/desk/partners/ville/"
    assert Partner.objects.filter(slug="ville", platforms__slug="ville").exists()


def test_what_is_refused_is_said_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    partner = world.furnish()
    good = world.archive(partner)
    desk = signed_in(making.person("operator@example.org", role="administrator"))
    before = state()
    bad = io.BytesIO()
    with ZipFile(bad, "w") as packed:
        packed.writestr("../outside.txt", "x")
    for file, more, said in (
        (b"", {}, "This file is empty."),
        (b"PK nothing", {}, "This file is no zip, or it is damaged."),
        (bad.getvalue(), {}, "This zip names files outside itself"),
        (good.getvalue(), {}, "Something of this archive is here already"),
        (good.getvalue(), {"renamed": "ville"}, "Write each on a line of its own"),
    ):
        page = sent(desk, file, **more)
        assert (page.status_code, said in page.content.decode()) == (422, True), said
    monkeypatch.setattr(taking_in, "MOST_BYTES", 1_000)
    assert sent(desk, good.getvalue()).status_code == 422
    assert state() == before
    support = signed_in(making.person("support@example.org", role="support"))
    assert sent(support, good.getvalue()).status_code == 403


def sent(client: Client, file: bytes, **more: str) -> Any:
    return client.post("/desk/partners/new/archive/", {"file": SimpleUploadedFile("ville.zip", file), **more})

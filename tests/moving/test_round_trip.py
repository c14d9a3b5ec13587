"""A partner leaves with everything, and is somewhere else what it was here."""

import json

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db.models import ForeignKey, Model
from django.test import Client

from perron.audience.models import Subscription
from perron.communities.hosting import split_prefix
from perron.communities.inviting.tables import Invitation
from perron.communities.models import Agreement, Application, Community, Contact, Member, Partner, Platform, Topic
from perron.core import clock
from perron.core.errors import NotAllowed
from perron.privacy.evidence.tables import EvidenceEntry
from perron.privacy.models import AuditEntry
from perron.privacy.subjects import of_address
from perron.publishing.handing_over.parts import STAYS, parts
from perron.publishing.handing_over.writing import hand_over
from perron.publishing.models import Connection, Item, Revision, Text
from perron.publishing.search.asking import search
from tests import making
from tests.moving import world

pytestmark = pytest.mark.django_db


def read(address: str) -> tuple[int, bytes]:
    script, path = split_prefix(address)
    response = Client().get(path, SCRIPT_NAME=script)
    content = b"".join(response) if response.streaming else response.content
    return response.status_code, content


def test_public_pages_are_the_same_somewhere_else() -> None:
    making.platform(partner=making.partner("operator"))
    with clock.travel(clock.now()):
        partner = world.furnish()
        addresses = world.pages(Platform.objects.get(slug="ville"))
        before = {address: read(address) for address in addresses}
        pictures = {name: default_storage.open(name).read() for name in files()}
        assert {address: status for address, (status, _) in before.items() if status not in {200, 410}} == {}
        revisions = list(Revision.objects.order_by("pk").values_list("pk", "number", "content", "saved_at"))
        packed = world.archive(partner)
        world.leave(partner)
        Topic.objects.all().delete()
        for name in pictures:
            default_storage.delete(name)
        taken = world.taken(packed)
        # What pages offer under an agreement is there once it is signed on the other side, too.
        assert read("/p/ville/fr/liege/") != before["/p/ville/fr/liege/"]
        Agreement.objects.bulk_create([making.agreement(taken.partner, kind) for kind in Agreement.Kind])
        cache.clear()
        for address, was in before.items():
            assert read(address) == was, address
    assert {name: default_storage.open(name).read() for name in files()} == pictures
    assert list(Revision.objects.order_by("pk").values_list("pk", "number", "content", "saved_at")) == revisions
    assert taken.partner == partner
    # Before the contract there are only those who sign it.
    assert [note.split()[0] for note in taken.notes] == ["editor@example.org"]
    assert [item.pk for item in Item.objects.filter(working_title="Kermesse")] == list(search("kermis").items)
    # Two installations do not read one source; nobody has a right here by an archive, nor is an author.
    connection = Connection.objects.get()
    assert (connection.paused, connection.etag, connection.taken) == ("by hand", "", ["a1"])
    assert not Member.objects.exists()
    assert taken.invited == ["boss@example.org"]
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.role) == ("boss@example.org", "administrator")
    assert Contact.objects.get().subject_id == of_address("luc@example.org").id
    # Readers are handed over, and subscribed nowhere.
    assert b"lea@example.org" in world.unpacked(packed)["tables/audience.recipient.jsonl"]
    assert not Subscription.stored.exists()
    assert not Revision.objects.exclude(saved_by=None).exists()
    assert Application.objects.get().email == "zoe@example.org"
    assert AuditEntry.objects.get(verb="take in").object_id == partner.pk
    assert list(EvidenceEntry.objects.filter(deed="take_in"))


def test_nothing_of_others_goes_along_and_no_secret() -> None:
    partner = world.furnish()
    other = world.stranger()
    held = world.unpacked(world.archive(partner))
    everything = b"\n".join(data for name, data in held.items() if not name.startswith("media/"))
    for foreign in (other.pk, other.community_id, other.community.partner_id, Platform.objects.get(slug="front").pk):
        assert str(foreign).encode() not in everything
    for secret in (b"password", b"md5$", b'digest":"","token'):
        assert secret not in everything
    (webhook,) = [json.loads(line) for line in held["tables/audience.webhook.jsonl"].splitlines()]
    assert webhook["address"] == "https://hooks.example/x"
    assert not {"secret", "former_secret"} & set(webhook)
    people = [json.loads(line) for line in held["tables/accounts.person.jsonl"].splitlines()]
    assert sorted(person["email"] for person in people) == ["boss@example.org", "editor@example.org"]
    assert set(people[0]) == {"id", "email", "name", "language"}


def test_it_is_taken_in_beside_others_under_new_addresses() -> None:
    partner = world.furnish()
    packed = world.archive(partner)
    world.leave(partner)
    making.community("liege", partner=making.partner("autre"))
    world.nobody_is("ville")
    slug = next(
        row["slug"]
        for line in world.unpacked(packed)["tables/publishing.item.jsonl"].splitlines()
        if (row := json.loads(line))["working_title"] == "Kermesse"
    )
    making.draft(at=Community.objects.get(), title="Autre")
    Item.objects.update(slug=slug)
    taken = world.taken(packed, liege="liege-ville")
    assert Community.objects.get(slug="liege-ville").partner == partner
    assert Item.objects.get(community__partner=partner, working_title="Kermesse").slug.startswith(f"{slug}-")
    assert [note for note in taken.notes if "kermesse-" in note]


def test_who_may(tmp_path: object) -> None:
    partner = world.furnish()
    boss = Member.objects.get(partner=partner).person
    assert hand_over(partner, open("/dev/null", "wb"), by=boss.actor).rows > 30  # noqa: SIM115, PTH123
    with pytest.raises(NotAllowed):
        hand_over(partner, open("/dev/null", "wb"), by=making.person("e@example.org").actor)  # noqa: SIM115, PTH123
    entry = AuditEntry.objects.get(verb="hand over")
    assert (entry.object_id, entry.actor_id) == (partner.pk, boss.pk)
    assert EvidenceEntry.objects.filter(deed="hand_over").exists()


def test_the_command_writes_and_takes_in(tmp_path: object, capsys: pytest.CaptureFixture[str]) -> None:
    partner = world.furnish()
    file = f"{tmp_path}/ville.zip"
    call_command("partner", "export", "ville", file)
    assert "SHA-256" in capsys.readouterr().out
    world.leave(partner)
    call_command("partner", "import", file)
    assert "publishing.item" in capsys.readouterr().out
    assert Partner.objects.get() == partner


def test_texts_are_cleaned_again() -> None:
    partner = world.furnish()
    Text.objects.update(html='<p onclick="x()">Un bal.</p><script>alert(1)</script>')
    packed = world.archive(partner)
    world.leave(partner)
    world.taken(packed)
    assert set(Text.objects.values_list("html", flat=True)) == {"<p>Un bal.</p>"}


@pytest.mark.once
def test_every_table_of_a_partner_goes_along_or_stays_for_a_reason() -> None:
    """A table leads to a partner by a foreign key of its own, or by that of a table it leads to."""
    known = {part.model for part in parts()}
    theirs: set[type[Model]] = {Partner}
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label != "accounts"]
    while more := {model for model in models if model not in theirs and leads(model) & theirs}:
        theirs |= more
    lacking = sorted(model._meta.label_lower for model in theirs - known if model._meta.label_lower not in STAYS)
    assert lacking == [], "add a Part, or say in STAYS why it does not go along (publishing/handing_over/own.py)"
    assert all(STAYS.values())


def leads(model: type[Model]) -> set[type[Model]]:
    fields = model._meta.concrete_fields
    return {field.remote_field.model for field in fields if isinstance(field, ForeignKey)}


def files() -> list[str]:
    return [name for part in parts() for row in part.model._base_manager.all() for name in part.files(row)]

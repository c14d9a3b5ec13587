"""The content that the browser tests look at, made in the installation of `PERRON_HOME`.

`python -m tests.browser.town` makes it and prints a JSON of addresses; `… town alert TITLE` releases one more alert and
`… town withdraw SLUG` withdraws an item, `… town from-the-right` releases what is written from right to left,
`… town colour PLATFORM COLOUR` gives a platform another colour, as somebody else would while a page stands open.
"""

import io
import json
import sys
from datetime import timedelta
from uuid import UUID

import django
from django.test import Client
from PIL import Image as Drawing
from PIL import ImageDraw

django.setup()

from perron.accounts.models import Person  # noqa: E402
from perron.communities import versions  # noqa: E402
from perron.communities.applying.receiving import Applied  # noqa: E402
from perron.communities.applying.receiving import apply as receive_application  # noqa: E402
from perron.communities.models import (  # noqa: E402
    Apprenticeship,
    Area,
    Community,
    Member,
    Platform,
)
from perron.communities.roles import Role  # noqa: E402
from perron.core.clock import now, today  # noqa: E402
from perron.core.language import LANGUAGES  # noqa: E402
from perron.privacy.acting import SYSTEM  # noqa: E402
from perron.privacy.models import Party, Request  # noqa: E402
from perron.privacy.requests import working  # noqa: E402
from perron.privacy.requests.grounds import Ground  # noqa: E402
from perron.privacy.tenancy.scope import process_acts_as_program  # noqa: E402
from perron.publishing import guiding, releasing  # noqa: E402
from perron.publishing.content import Shown, Words  # noqa: E402
from perron.publishing.lending.rules import lend  # noqa: E402
from perron.publishing.models import Item  # noqa: E402
from perron.publishing.sharing import placing  # noqa: E402
from perron.publishing.uploading import upload_image  # noqa: E402
from perron.statistics.counting import Opened, add  # noqa: E402
from perron.statistics.models import PageCount  # noqa: E402
from tests import making  # noqa: E402
from tests.browser.copies import copies_of  # noqa: E402
from tests.browser.desk import breach_at, conversation, evidence_about, letters_to, news_of, restriction  # noqa: E402
from tests.browser.readers import links_of_letters, subscriber_of  # noqa: E402
from tests.browser.sources import sources_of  # noqa: E402
from tests.browser.webhooks import webhooks_of  # noqa: E402
from tests.delivery.town import undelivered, under_way  # noqa: E402
from tests.requests import asking  # noqa: E402

EDITOR = "editor@example.org"
# At the club, where a second person reads before release.
WRITER, READER = "writer@example.org", "reader@example.org"
READS = "Lise Lectrice"
# They sign out, one after the other: the session of nobody else.
LEAVERS = ("leaver@example.org", "leaver-too@example.org")
# Somebody with an account and no role.
RESIDENT = "resident@example.org"
_NEWS = 8


def main() -> None:
    """Do what the arguments say."""
    match sys.argv[1:]:
        case []:
            print(json.dumps(make()))  # noqa: T201 the answer
        case ["alert", title]:
            one = making.released("alert", at=making.community("liege"), texts=_words(title))
            print(json.dumps({"alert": one.slug}))  # noqa: T201 the answer
        case ["from-the-right"]:
            event, news = _from_the_right(making.community("anvers"))
            print(json.dumps({"event": event, "news": news}))  # noqa: T201 the answer
        case ["withdraw", slug]:
            releasing.withdraw(Item.objects.get(slug=slug), by=SYSTEM)
        case ["openings", page, slug]:
            counted = PageCount.objects.get(page=f"{page}:{Community.objects.get(slug=slug).pk}")
            print(json.dumps({"openings": str(counted.number)}))  # noqa: T201 the answer
        case ["colour", slug, colour]:
            found = Platform.objects.get(slug=slug)
            Platform.objects.filter(pk=found.pk).update(colour=colour)
            versions.bump([versions.of_platform(found)])
        case other:
            sys.exit(f"unknown: {other}")


def make() -> dict[str, str]:
    """Make two platforms, one by path, and what is read there; return the addresses that tests need."""
    sport, culture = making.topic("sport"), making.topic("culture")
    liege = _community("liege", "62063", "Liège", "Luik")
    add({(Opened(UUID(int=1), liege.pk, f"community:{liege.pk}"), today()): 12})
    library = _community("biblio", "62063", "Bibliothèque", "Bibliotheek", kind=Community.Kind.PUBLIC_SERVICE)
    herstal = _community("herstal", "62051", "Herstal", "Herstal")
    club = _community("club", "62051", "Club de natation", "Zwemclub", kind=Community.Kind.ASSOCIATION)
    antwerp = _community("anvers", "11002", "Anvers", "Antwerpen")
    making.platform(liege, library, herstal, club, antwerp, name="Mosane", colour="#004d40")
    making.platform(liege, library, slug="ville", name="Ville en poche", is_front=False)

    news = [
        making.released(
            at=at,
            texts=_words(f"Nouvelle {number} de {at.slug}"),
            topics=(culture.slug if number % 2 else sport.slug,),
            pictures=_pictures(at, number) if number < 5 else (),
        )
        for number in range(_NEWS)
        for at in (liege, library, herstal)
    ]
    swimming = making.released("event", at=club, texts=_words("Nage du matin"), topics=("sport",), details=_all_day())
    event = making.released("event", at=liege, texts=_words("Fête du quai"), details=_all_day())
    alert = making.released("alert", at=liege, texts=_words("Crue de la Meuse"))
    exercise = making.released(
        "alert", at=herstal, texts=_words("Essai des sirènes"), details={"status": "Exercise", "severity": "Extreme"}
    )
    works = making.released("works", at=herstal, texts=_words("Rue Haute fermée"))
    document = making.released("document", at=liege, texts=_words("Enquête publique"))
    dutch_only = making.released(at=library, texts={"nl": Words("Alleen in het Nederlands", "Kort.", "Tekst.")})
    shared = making.released(at=library, texts=_words("Fermeture annuelle"))
    (placement,) = placing.offer(shared, [liege], by=SYSTEM)
    asked = Applied(kind="shop", name="Au Pont", contact="Anne", why="Nos lectures.", email="shop@example.org")
    application = receive_application(asked, liege, language="fr")
    # Has signed nothing yet.
    making.partner("verviers", bound=False)
    shop = making.community("librairie", kind=Community.Kind.SHOP, names={"fr": "Librairie"})
    Apprenticeship.objects.create(community=shop, guardian=liege, left=2)
    first = making.draft(at=shop, texts=_words("Lecture du soir"))
    guiding.hand_in(first, by=SYSTEM)
    draft = making.draft(at=liege, texts=_words("Pas encore publié"))
    under_way(swimming, "on-the-way@example.org")
    area = Area.objects.create(community=liege, slug="centre", names={"fr": "Centre"}, communes_nis=["62063"])
    editor = making.person(EDITOR, role="editor", at=liege)
    making.app(editor)
    Community.objects.filter(pk=club.pk).update(second_reader=True)
    for leaver in LEAVERS:
        making.person(leaver, role="editor", at=liege)
    making.person(WRITER, role="editor", at=club)
    reader = making.person(READER, role="author", at=club)
    Person.objects.filter(pk=reader.pk).update(name=READS)
    making.person(RESIDENT)
    operators = {
        language: making.person(f"operator-{language}@example.org", role="administrator") for language in LANGUAGES
    }
    for language, operator in operators.items():
        Person.objects.filter(pk=operator.pk).update(language=language)
        # They are the partner's administrators as well, so that its own side of each page is looked at.
        Member.objects.create(person=operator, partner=liege.partner, role=Role.ADMINISTRATOR)
        own = asking.asked(person=operator)
        Request.objects.filter(pk=own.pk).update(reference=f"own-{language}")
    refused = working.refuse(asking.asked(), Ground.UNFOUNDED, "Sept fois aujourd’hui.", by=SYSTEM)
    Request.objects.filter(pk=refused.pk).update(reference="refused")
    Party.objects.create(
        request=refused, capacity="controller", recipient="partner", tenant_id=liege.partner.pk, told_at=now()
    )
    breach_at(liege)
    # Signed in, so that not every test walks through the second factor, which counts once.
    sessions = {
        f"session {person.email}": making.sign_in(Client(), person, lasts=timedelta(days=1))
        for person in Person.objects.filter(memberships__isnull=False).distinct()
    }
    apps = {f"app_{language}": str(making.app(operator).pk) for language, operator in operators.items()}
    return {
        **sessions,
        **apps,
        **{f"reception_{language}": copies_of(operator, language) for language, operator in operators.items()},
        "news": news[0].slug,
        "event": event.slug,
        "alert": alert.slug,
        "exercise": exercise.slug,
        "works": works.slug,
        "document": document.slug,
        "dutch": dutch_only.slug,
        "swimming": swimming.slug,
        "draft": str(draft.pk),
        "lent": lend(draft, by=SYSTEM)[1],
        "released": str(news[0].pk),
        "released_alert": str(alert.pk),
        "area": area.slug,
        "application": str(application.pk),
        "first": str(first.pk),
        "shared": str(shared.pk),
        "placement": str(placement.pk),
        "mail": letters_to(editor),
        "person": evidence_about(editor),
        **news_of(operators["fr"]),
        "conversation": str(conversation(operators["fr"])),
        "restriction": str(restriction()),
        **sources_of(liege),
        **webhooks_of(liege),
        **links_of_letters(liege),
        "under_way": str(swimming.pk),
        "undelivered": str(undelivered(liege, "lost@example.org", title="Braderie").pk),
        "key": subscriber_of(liege, library),
        "token": asking.token_of(asking.mailed_link()),
        "image": str(news[0].pictures.first().image_id),  # type: ignore[union-attr]
    }


def _community(slug: str, nis: str, french: str, dutch: str, **more: object) -> Community:
    return making.community(slug, commune_nis=nis, names={"fr": french, "nl": dutch}, **more)


def _words(title: str) -> dict[str, Words]:
    body = "Un texte **important** avec [un lien](https://example.org/).\n\n- un\n- deux"
    return {
        "fr": Words(title, "Ce qu’il faut savoir, en une ou deux phrases.", body),
        "nl": Words(f"{title} (nl)", "Wat u moet weten, in één of twee zinnen.", body),
        "de": Words(f"{title} (de)", "Was man wissen muss, in ein, zwei Sätzen.", body),
        "en": Words(f"{title} (en)", "What to know, in a sentence or two.", body),
    }


def _from_the_right(at: Community) -> tuple[str, str]:
    """Release an event in Arabic and news in Hebrew; return their addresses."""
    arabic = Words(
        "مهرجان الأحياء على ضفاف نهر الموز: موسيقى وطعام للجميع",
        "برنامج مفتوح للعائلات طوال اليوم، والدخول مجاني.",
        "يبدأ **المهرجان** عند الساعة 10:30 قرب [الجسر](https://example.org/).\n\n- موسيقى\n- ألعاب",
    )
    hebrew = Words("הספרייה העירונית פתוחה גם בימי ראשון", "מהשבוע הבא, 10:00–13:00.", "כולם **מוזמנים**.")
    details = _all_day() | {
        "place": "ساحة سان لامبير",
        "address": "Place Saint-Lambert 1, 4000 Liège",
        "price": "مجاني",
    }
    return (
        making.released("event", at=at, texts={"fr": arabic}, details=details, topics=("culture",)).slug,
        making.released(at=at, texts={"fr": hebrew}, pictures=_pictures(at, 2), topics=("sport",)).slug,
    )


def _all_day() -> dict[str, object]:
    return {"starts": str(today()), "ends": str(today() + timedelta(days=1)), "all_day": True}


def _pictures(at: Community, number: int) -> tuple[Shown, ...]:
    drawing = Drawing.new("RGB", (1200, 800), (40 * number % 256, 90, 140))
    pen = ImageDraw.Draw(drawing)
    for step in range(0, 1200, 40):
        pen.ellipse(
            (step, (step * (number + 2)) % 700, step + 160, (step * (number + 2)) % 700 + 160),
            fill=(240, step % 255, 90),
        )
    file = io.BytesIO()
    drawing.save(file, "JPEG", quality=80)
    file.seek(0)
    image = upload_image(at, file, by=SYSTEM)
    return (Shown(str(image.pk), {"fr": "Des cercles", "nl": "Cirkels", "de": "Kreise", "en": "Circles"}),)


if __name__ == "__main__":
    process_acts_as_program()
    main()

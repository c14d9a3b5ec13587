"""The content that the browser tests look at, made in the installation of `PERRON_HOME`.

`python -m tests.browser.town` makes it and prints a JSON of addresses; `… town alert` releases one more alert and
`… town withdraw SLUG` withdraws an item, `… town colour PLATFORM COLOUR` gives a platform another colour, as somebody
else would while a page stands open.
"""

import io
import json
import sys
from datetime import timedelta
from uuid import UUID

import django
from django.core.management import call_command
from django.db import transaction
from PIL import Image as Drawing
from PIL import ImageDraw

django.setup()

from perron.accounts.models import Person  # noqa: E402
from perron.communities import versions  # noqa: E402
from perron.communities.models import Area, Community, Platform  # noqa: E402
from perron.core.clock import now, today  # noqa: E402
from perron.core.language import LANGUAGES  # noqa: E402
from perron.letters import outbox  # noqa: E402
from perron.letters.models import Letter  # noqa: E402
from perron.letters.posting import post_due  # noqa: E402
from perron.letters.writing import write  # noqa: E402
from perron.outreach.contact import answering  # noqa: E402
from perron.outreach.contact.receiving import Written, receive  # noqa: E402
from perron.privacy.acting import SYSTEM  # noqa: E402
from perron.privacy.evidence.chain import JSON  # noqa: E402
from perron.privacy.evidence.recording import record  # noqa: E402
from perron.privacy.models import Request, Restriction  # noqa: E402
from perron.privacy.requests import working  # noqa: E402
from perron.privacy.requests.grounds import Ground  # noqa: E402
from perron.privacy.restrictions import restrict  # noqa: E402
from perron.privacy.subjects import of_address, of_person  # noqa: E402
from perron.publishing import releasing  # noqa: E402
from perron.publishing.content import Shown, Words  # noqa: E402
from perron.publishing.models import Item  # noqa: E402
from perron.publishing.uploading import upload_image  # noqa: E402
from perron.statistics.counting import Opened, add  # noqa: E402
from perron.statistics.models import PageCount  # noqa: E402
from tests import making  # noqa: E402
from tests.browser.copies import copies_of  # noqa: E402
from tests.requests import asking  # noqa: E402

EDITOR = "editor@example.org"
_NEWS = 8


def main() -> None:
    """Do what the arguments say."""
    match sys.argv[1:]:
        case []:
            call_command("migrate", verbosity=0)
            print(json.dumps(make()))  # noqa: T201 the answer
        case ["alert"]:
            one = making.released("alert", at=making.community("liege"), texts=_words("Fuite de gaz"))
            print(json.dumps({"alert": one.slug}))  # noqa: T201 the answer
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
    draft = making.draft(at=liege, texts=_words("Pas encore publié"))
    area = Area.objects.create(community=liege, slug="centre", names={"fr": "Centre"}, communes_nis=["62063"])
    making.person(EDITOR, role="editor", at=liege)
    operators = {
        language: making.person(f"operator-{language}@example.org", role="administrator") for language in LANGUAGES
    }
    for language, operator in operators.items():
        Person.objects.filter(pk=operator.pk).update(language=language)
        own = asking.asked(person=operator)
        Request.objects.filter(pk=own.pk).update(reference=f"own-{language}")
    refused = working.refuse(asking.asked(), Ground.UNFOUNDED, "Sept fois aujourd’hui.", by=SYSTEM)
    Request.objects.filter(pk=refused.pk).update(reference="refused")
    return {
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
        "released": str(news[0].pk),
        "released_alert": str(alert.pk),
        "area": area.slug,
        "mail": _letters(),
        "person": _evidence(),
        "conversation": str(_conversation()),
        "restriction": str(_restriction()),
        "token": asking.token_of(asking.mailed_link()),
        "image": str(news[0].pictures.first().image_id),  # type: ignore[union-attr]
    }


def _letters() -> str:
    """Write a letter that stays in the outbox, and one that could not be sent; return the first one's name."""
    whose = Person.objects.get(email=EDITOR)
    link = {"link": "https://app.example.org/account/password/1-x/"}
    for to in ("lost@example.org", EDITOR):
        with transaction.atomic():
            write("password-reset", to=to, subject=of_person(whose.pk), language="fr", context=link, by=SYSTEM)
        if to != EDITOR:
            Letter.objects.update(ended_at=now(), failure="550 5.1.1")
    post_due()
    return outbox.newest()[0].name


def _evidence() -> str:
    """Record something about the editor; return whose it is."""
    whose = Person.objects.get(email=EDITOR)
    about: dict[str, JSON] = {"activity": "E", "stores": {"accounts.Person": "kept", "audience.Subscription": "erased"}}
    with transaction.atomic():
        record("erase", of_person(whose.pk), by=whose.actor, about=about)
    return str(whose.pk)


def _restriction() -> UUID:
    """Return the restriction of somebody who is known by an address."""
    with transaction.atomic():
        return restrict(of_address("set-aside@example.org"), Restriction.Ground.ACCURACY, by=SYSTEM).pk


def _conversation() -> UUID:
    """Return a conversation with a question, an answer and a note."""
    operator = Person.objects.get(email="operator-fr@example.org").actor
    asked = Written(first_name="Anne", name="Lambert", email="anne@example.org", telephone="+32 4 123 45 67",
                    function="Secrétaire", heading="Une question", text="Bonjour,\n\nune question.")  # fmt: skip
    made = receive(asked, language="fr", platform=Platform.objects.get(is_front=True))
    answering.answer(made, "Une réponse.", by=operator)
    answering.note(made, "Rappeler lundi.", by=operator)
    receive(asked, language="fr")
    return made.pk


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
    main()

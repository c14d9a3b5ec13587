"""Small files of every format, as text."""

from perron.privacy.acting import Actor
from perron.publishing.sources.importing import Imported, Options, import_file
from tests import making

SOURCE = Actor("source")


def rss(*items: str, head: str = "<link>https://feeds.example/</link>") -> bytes:
    return f"<rss version='2.0'><channel><title>La feuille</title>{head}{''.join(items)}</channel></rss>".encode()


def entry(guid: str = "1", title: str = "Titre", text: str = "Texte", more: str = "") -> str:
    return f"<item><guid>{guid}</guid><title>{title}</title><description>{text}</description>{more}</item>"


def calendar(*events: str, head: str = "") -> bytes:
    body = "\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//x", *head.split("\n"), *events, "END:VCALENDAR"])
    return body.replace("\n\n", "\n").replace("\n", "\r\n").encode()


def event(*lines: str, uid: str = "1", summary: str = "Concert") -> str:
    return "\n".join(["BEGIN:VEVENT", f"UID:{uid}", f"SUMMARY:{summary}", *lines, "END:VEVENT"])


def cap(
    identifier: str = "A1", *, kind: str = "Alert", references: str = "", version: str = "1.2", **fields: str
) -> bytes:
    about = {
        "status": "Actual",
        "scope": "Public",
        "headline": "Crue de la Meuse",
        "category": "Met",
        "severity": "Severe",
        "urgency": "Immediate",
        "certainty": "Observed",
        "language": "fr",
        "effective": "2026-11-20T10:00:00+01:00",
        "expires": "2026-11-20T22:00:00+01:00",
        "description": "Le niveau monte.",
        "instruction": "Éloignez-vous des berges.",
    } | fields
    info = "".join(
        f"<{name}>{about[name]}</{name}>"
        for name in (
            "language",
            "category",
            "event",
            "urgency",
            "severity",
            "certainty",
            "effective",
            "expires",
            "headline",
            "description",
            "instruction",
        )
        if about.get(name)
    )
    return f"""<alert xmlns="urn:oasis:names:tc:emergency:cap:{version}"><identifier>{identifier}</identifier>
        <sender>crues@example.org</sender><sent>2026-11-20T10:00:00+01:00</sent><status>{about["status"]}</status>
        <msgType>{kind}</msgType><scope>{about["scope"]}</scope><references>{references}</references>
        <info>{info}<area><areaDesc>Liège</areaDesc></area></info></alert>""".encode()


def bring(data: bytes, *, draft: bool = False, file_name: str = "file", **options: str) -> Imported:
    how = Options(release=not draft, **options)  # type: ignore[arg-type]
    return import_file(making.community(), data, file_name, how, by=SOURCE)

"""The forms of a page, and the same with what is another town's in the place of one's own."""

from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin

from tests.isolation.towns import Town

# Texts of the length of an identifier that say something else.
_SHORTEST = 3


@dataclass(frozen=True)
class Form:
    """Where it is sent, and its fields and buttons with the values that the page gives them."""

    action: str
    fields: tuple[tuple[str, str], ...]
    buttons: tuple[tuple[str, str], ...]


def forms_of(page: str, body: str) -> list[Form]:
    """Return the forms of a page that are sent by POST."""
    reader = _Reader(page)
    reader.feed(body)
    return reader.forms


def swapped(form: Form, own: Town, other: Town) -> Iterator[dict[str, list[str]]]:
    """Yield answers to a form in which one value names what is another's instead of one's own, for each such value."""
    theirs = _pairs(own, other)
    for name, value in (*form.fields, *form.buttons):
        if value in theirs:
            answers: dict[str, list[str]] = {name: [theirs[value]]}
            # One button is pressed; a form with a value in one of them needs no other.
            for field, text in (*form.fields, *(() if (name, value) in form.buttons else form.buttons[:1])):
                if field != name:
                    answers.setdefault(field, []).append(text)
            yield answers


def _pairs(own: Town, other: Town) -> dict[str, str]:
    both = [(own.identifiers[key], other.identifiers[key]) for key in own.identifiers]
    pairs = {str(one): str(two) for ones, twos in both for one, two in zip(ones, twos, strict=False)}
    objects = ("partner", "platform", "community", "person")
    pairs |= {str(getattr(own, name).pk): str(getattr(other, name).pk) for name in objects}
    return {one: two for one, two in pairs.items() if len(one) >= _SHORTEST}


class _Reader(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page
        self.forms: list[Form] = []
        self._action = ""
        self._fields: list[tuple[str, str]] = []
        self._buttons: list[tuple[str, str]] = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            is_sent = given.get("method", "").lower() == "post"
            self._action, self._fields = urljoin(self.page, given.get("action", "")) if is_sent else "", []
            self._buttons = []
        elif tag == "select":
            self._select = given.get("name", "")
        elif tag == "option" and self._select:
            self._fields.append((self._select, given.get("value", "")))
        elif given.get("name") and tag in {"input", "button"}:
            (self._buttons if tag == "button" else self._fields).append((given["name"], given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        if tag == "form" and self._action:
            self.forms.append(Form(self._action, tuple(self._fields), tuple(self._buttons)))
            self._action = ""

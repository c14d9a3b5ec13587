"""What a request asks of a finished page: which encoding, only if changed, only a part (RFC 9110 §12 to §14)."""

import re
from collections.abc import Callable, Iterable, Mapping
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any

from perron.project.edge.page import Headers, Page, Variant

_TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')
_RANGE = re.compile(r"bytes=[ \t]*(?:(\d{1,18})-(\d{1,18})?|-(\d{1,18}))[ \t]*", re.IGNORECASE)
# Names in a request that ask for something else than the whole page.
CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_RANGE", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE")

type Answer = tuple[str, Headers, bytes]


@lru_cache(512)
def encoding_for(accepted: str) -> str:
    """Return "br", "gzip" or "" (none) for the value of Accept-Encoding (RFC 9110 §12.5.3)."""
    weights: dict[str, float] = {}
    for part in accepted.lower().split(","):
        coding, _, weight = part.partition(";")
        weights[coding.strip()] = _weight(weight)
    other = weights.get("*", 0.0)
    gzip = max(weights.get("gzip", weights.get("x-gzip", other)), 0.0)
    best = max((weights.get("br", other), 1, "br"), (gzip, 0, "gzip"))
    # Without a word on it, no encoding is as welcome as any.
    return best[2] if best[0] > 0 and best[0] >= weights.get("identity", 0.0) else ""


def decided(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """Let `application` see only the encoding to answer in: WhiteNoise looks for names, whatever their weight."""

    def negotiated(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        encoding = encoding_for(environ.get("HTTP_ACCEPT_ENCODING", ""))
        return application(environ | {"HTTP_ACCEPT_ENCODING": encoding}, start_response)

    return negotiated


def answer(page: Page, variant: Variant, environ: Mapping[str, Any]) -> Answer:
    """Return status, headers and body for a GET or HEAD with conditions, in the order of RFC 9110 §13.2.2."""
    if _fails(page, variant, environ):
        return "412 Precondition Failed", [*variant.not_modified, ("Content-Length", "0")], b""
    if _is_known(page, variant, environ):
        return "304 Not Modified", variant.not_modified, b""
    asked = environ.get("HTTP_RANGE", "")
    if asked and environ["REQUEST_METHOD"] == "GET" and environ.get("HTTP_IF_RANGE", variant.etag) == variant.etag:
        return _part(variant, asked)
    return "200 OK", variant.headers, variant.body


def _fails(page: Page, variant: Variant, environ: Mapping[str, Any]) -> bool:
    tags = environ.get("HTTP_IF_MATCH")
    if tags is not None:
        return bool(tags.strip() != "*" and variant.etag not in _TAG.findall(tags))
    return _later(page, environ.get("HTTP_IF_UNMODIFIED_SINCE")) is True


def _is_known(page: Page, variant: Variant, environ: Mapping[str, Any]) -> bool:
    tags = environ.get("HTTP_IF_NONE_MATCH")
    if tags is not None:
        return tags.strip() == "*" or variant.etag in (tag.removeprefix("W/") for tag in _TAG.findall(tags))
    return _later(page, environ.get("HTTP_IF_MODIFIED_SINCE")) is False


def _later(page: Page, than: str | None) -> bool | None:
    """Say whether the page changed after the HTTP date `than`; None if either is not known."""
    if not than or not page.last_modified:
        return None
    try:
        return parsedate_to_datetime(page.last_modified) > parsedate_to_datetime(than)
    except (ValueError, TypeError):
        return None


def _part(variant: Variant, asked: str) -> Answer:
    """Answer one range with its bytes; several, or what cannot be read, with the whole (RFC 9110 §14.2)."""
    match = _RANGE.fullmatch(asked.strip())
    if match is None:
        return "200 OK", variant.headers, variant.body
    length = len(variant.body)
    if match[3] is not None:
        first, last = max(length - int(match[3]), 0), length - 1
        satisfiable = int(match[3]) > 0 and length > 0
    else:
        first, last = int(match[1]), min(int(match[2] or length), length - 1)
        if match[2] and int(match[2]) < first:
            return "200 OK", variant.headers, variant.body
        satisfiable = first < length
    others = [(name, value) for name, value in variant.headers if name != "Content-Length"]
    if not satisfiable:
        none = [*variant.not_modified, ("Content-Range", f"bytes */{length}"), ("Content-Length", "0")]
        return "416 Range Not Satisfiable", none, b""
    body = variant.body[first : last + 1]
    more = [("Content-Range", f"bytes {first}-{last}/{length}"), ("Content-Length", str(len(body)))]
    return "206 Partial Content", others + more, body


def _weight(parameters: str) -> float:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return min(max(float(value), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0

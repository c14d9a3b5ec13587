"""A finished response, the same for everybody, in each encoding that was asked for."""

import gzip
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

import brotli

type Headers = list[tuple[str, str]]

_TEXT = ("text/", "application/json", "application/xml", "application/javascript", "application/manifest+json",
         "application/feed+json", "application/problem+json", "application/geo+json", "image/svg+xml")  # fmt: skip
# Good enough to be worth repeating many times, quick enough to be done while somebody waits.
_BROTLI_QUALITY = 5
_GZIP_LEVEL = 6
# What the objects around the bytes take, roughly.
_OVERHEAD = 2_000
# Of the 200 response, what a 304 repeats: whatever is not about the body (RFC 9110 §15.4.5). The headers that allow
# other origins to read stay, since browsers look for them on a 304 too.
_ABOUT_THE_BODY = {"accept-ranges", "content-disposition", "content-encoding", "content-language", "content-length",
                   "content-security-policy", "content-type", "last-modified", "permissions-policy"}  # fmt: skip


class Variant:
    """The response in one encoding, its headers ready to be sent."""

    __slots__ = ("body", "etag", "full", "headers", "not_modified", "size")

    def __init__(self, headers: Headers, body: bytes, encoding: str) -> None:
        self.etag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
        self.body = body
        self.headers = [*headers, ("Content-Length", str(len(body))), ("ETag", self.etag)]
        if encoding:
            self.headers.append(("Content-Encoding", encoding))
        self.not_modified = [(name, value) for name, value in self.headers if name.lower() not in _ABOUT_THE_BODY]
        # What a WSGI server wants: a list that nobody changes.
        self.full = [body]
        self.size = len(body) + _OVERHEAD


@dataclass(eq=False, slots=True)
class Page:
    """A response of status 200. `depends` has the versions it was rendered from; it is true until `until`.

    Each visit that gets it is counted as `counted`, unless that is "".
    """

    headers: Headers
    body: bytes
    depends: dict[str, int]
    until: datetime | None
    last_modified: str
    variants: dict[str, Variant]
    counted: str = ""
    # Asked for since the shelf last looked for room.
    used: bool = False

    def render(self, encoding: str) -> Variant:
        """Return the page in `encoding` ("" for none); as it is where compressing gains nothing."""
        body = _compress(self.body, encoding) if encoding and _compressible(self.headers) else self.body
        if len(body) >= len(self.body):
            return self.variants.get("") or Variant(self.headers, self.body, "")
        return Variant(self.headers, body, encoding)

    @property
    def size(self) -> int:
        """The bytes it takes in memory, about."""
        return _OVERHEAD + len(self.body) + sum(variant.size for variant in set(self.variants.values()))


def finish(
    headers: Iterable[tuple[str, str]], body: bytes, depends: dict[str, int], until: datetime | None, counted: str = ""
) -> Page:
    """Return the page for a response, its headers freed of what belongs to one encoding."""
    kept = [(name, value) for name, value in headers if name.lower() not in {"content-length", "etag", "vary"}]
    kept += [("Vary", "Accept-Encoding"), ("Accept-Ranges", "bytes")]
    last_modified = next((value for name, value in kept if name.lower() == "last-modified"), "")
    return Page(kept, body, depends, until, last_modified, {}, counted)


def _compressible(headers: Headers) -> bool:
    kind = next((value for name, value in headers if name.lower() == "content-type"), "")
    return kind.startswith(_TEXT) or kind.partition(";")[0].endswith(("+xml", "+json"))


def _compress(body: bytes, encoding: str) -> bytes:
    if encoding == "br":
        compressed: bytes = brotli.compress(body, quality=_BROTLI_QUALITY)
        return compressed
    return gzip.compress(body, _GZIP_LEVEL, mtime=0)

"""HEAD, conditions, ranges and encodings, by RFC 9110."""

import gzip
from pathlib import Path

import pytest
from whitenoise import WhiteNoise

from perron.project.edge.layer import Edge
from perron.project.edge.negotiating import decided, encoding_for
from tests.edge.asking import ask


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("", ""),
        ("gzip", "gzip"),
        ("x-gzip", "gzip"),
        ("br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("GZIP;Q=1.0", "gzip"),
        ("br;q=0.5, gzip;q=0.9", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0, gzip;q=0", ""),
        ("*", "br"),
        ("*;q=0", ""),
        ("br;q=0, *", "gzip"),
        ("identity", ""),
        ("identity;q=1, gzip;q=0.5", ""),
        ("identity;q=0.5, gzip;q=0.5", "gzip"),
        ("deflate", ""),
        ("gzip;q=nonsense", ""),
        (", ,;;,", ""),
    ],
)
def test_the_encoding_is_the_best_that_is_accepted(accepted: str, encoding: str) -> None:
    assert encoding_for(accepted) == encoding


@pytest.mark.parametrize("accepted", ["br;q=0", "br;q=0, gzip;q=0", "identity", "br;q=0.1, gzip", "*", "br"])
def test_static_files_come_in_the_encoding_that_is_accepted_too(tmp_path: Path, accepted: str) -> None:
    for name, content in [("a.css", b"plain" * 9), ("a.css.gz", gzip.compress(b"plain" * 9)), ("a.css.br", b"brotli")]:
        (tmp_path / name).write_bytes(content)
    files = decided(WhiteNoise(None, root=str(tmp_path)))
    assert ask(files, "/a.css", accept_encoding=accepted).headers.get("content-encoding", "") == encoding_for(accepted)


def test_each_encoding_has_bytes_and_a_tag_of_its_own(edge: Edge) -> None:
    answers = {encoding: ask(edge, accept_encoding=encoding) for encoding in ("", "gzip", "br")}
    assert len({answer.headers["etag"] for answer in answers.values()}) == 3
    assert len({answer.body for answer in answers.values()}) == 1
    for encoding, answer in answers.items():
        assert answer.headers.get("content-encoding", "") == encoding
        assert answer.headers["vary"] == "Accept-Encoding"
        assert answer.headers["content-length"] == str(len(answer.raw))
        assert not answer.headers["etag"].startswith("W/")


def test_what_gains_nothing_is_sent_as_it_is(edge: Edge) -> None:
    small = ask(edge, "/careless/not-at-all/", accept_encoding="br")
    assert small.raw == b"first"
    assert small.headers["etag"] == ask(edge, "/careless/not-at-all/").headers["etag"]


def test_kept_answers_carry_the_headers_of_the_application(edge: Edge) -> None:
    for _ in range(2):
        headers = ask(edge).headers
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"]
        assert headers["cross-origin-opener-policy"]
        assert headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/page/one/", "/careless/cookie/", "/forgotten/", "/page/nothing/", "/studio/"])
@pytest.mark.parametrize("encoding", ["", "br"])
def test_head_is_get_without_the_body(edge: Edge, path: str, encoding: str) -> None:
    for _ in range(2):
        head = ask(edge, path, method="HEAD", accept_encoding=encoding)
        full = ask(edge, path, accept_encoding=encoding)
        assert (head.status, head.headers) == (full.status, full.headers)
        assert full.raw
        assert path == "/studio/" or head.raw == b""


TAG = "the tag"


@pytest.mark.parametrize(
    ("tags", "status"),
    [
        (TAG, 304),
        (f"W/{TAG}", 304),
        (f'"other", W/"more" ,{TAG}', 304),
        ("*", 304),
        ('"other"', 200),
        ("W/" + '"other"', 200),
        ("", 200),
        ("nonsense", 200),
        ('"a,b", "*"', 200),
    ],
)
@pytest.mark.parametrize("encoding", ["", "gzip", "br"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_if_none_match(edge: Edge, tags: str, status: int, encoding: str, method: str) -> None:
    full = ask(edge, accept_encoding=encoding)
    asked = tags.replace(TAG, full.headers["etag"])
    answer = ask(edge, method=method, accept_encoding=encoding, if_none_match=asked)
    assert answer.status == status
    if status == 304:
        assert answer.raw == b""
        assert answer.headers["etag"] == full.headers["etag"]
        assert answer.headers["vary"] == "Accept-Encoding"
        assert answer.headers["cache-control"] == "no-cache"
        assert not {"content-type", "content-length", "content-encoding"} & set(answer.headers)
    else:
        assert answer.headers == full.headers


def test_the_tag_of_another_encoding_is_another_representation(edge: Edge) -> None:
    plain = ask(edge).headers["etag"]
    assert ask(edge, accept_encoding="br", if_none_match=plain).status == 200


def test_if_none_match_goes_before_if_modified_since(edge: Edge) -> None:
    later = "Tue, 24 Nov 2026 10:00:00 GMT"
    assert ask(edge, "/dated/", if_modified_since=later).status == 304
    assert ask(edge, "/dated/", if_none_match='"other"', if_modified_since=later).status == 200


@pytest.mark.parametrize(
    ("since", "status"),
    [
        ("Mon, 23 Nov 2026 10:00:00 GMT", 304),
        ("Mon, 23 Nov 2026 09:59:59 GMT", 200),
        ("yesterday", 200),
        ("", 200),
    ],
)
def test_if_modified_since(edge: Edge, since: str, status: int) -> None:
    assert ask(edge, "/dated/", if_modified_since=since).status == status
    assert ask(edge, "/page/one/", if_modified_since=since).status == 200


@pytest.mark.parametrize(
    ("tags", "status"), [(TAG, 200), (f'"other", {TAG}', 200), ("*", 200), (f"W/{TAG}", 412), ('"other"', 412)]
)
def test_if_match_compares_strongly(edge: Edge, tags: str, status: int) -> None:
    answer = ask(edge, if_match=tags.replace(TAG, ask(edge).headers["etag"]))
    assert answer.status == status
    assert bool(answer.raw) == (status == 200)


def test_if_unmodified_since(edge: Edge) -> None:
    assert ask(edge, "/dated/", if_unmodified_since="Mon, 23 Nov 2026 09:00:00 GMT").status == 412
    assert ask(edge, "/dated/", if_unmodified_since="Mon, 23 Nov 2026 10:00:00 GMT").status == 200


@pytest.mark.parametrize("encoding", ["", "gzip", "br"])
@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=5-9", 5, 10),
        ("bytes=5-", 5, None),
        ("bytes=-7", -7, None),
        ("bytes=-100000", 0, None),
        ("bytes=3-100000", 3, None),
        ("Bytes= 3-4", 3, 5),
    ],
)
def test_a_range_is_a_part_of_the_encoded_bytes(edge: Edge, encoding: str, asked: str, start: int, end: int) -> None:
    full = ask(edge, accept_encoding=encoding)
    part = ask(edge, accept_encoding=encoding, range=asked)
    expected = full.raw[start:end]
    first = range(len(full.raw))[start:end].start
    assert (part.status, part.raw) == (206, expected)
    assert part.headers["content-range"] == f"bytes {first}-{first + len(expected) - 1}/{len(full.raw)}"
    assert part.headers["content-length"] == str(len(expected))
    assert part.headers["etag"] == full.headers["etag"]
    assert part.headers.get("content-encoding") == full.headers.get("content-encoding")


@pytest.mark.parametrize("asked", ["bytes=100000-", "bytes=100000-100001", "bytes=-0"])
def test_a_range_beyond_the_end_cannot_be_satisfied(edge: Edge, asked: str) -> None:
    answer = ask(edge, range=asked)
    assert (answer.status, answer.raw) == (416, b"")
    assert answer.headers["content-range"] == f"bytes */{len(ask(edge).raw)}"


@pytest.mark.parametrize(
    "asked", ["bytes=9-5", "bytes=a-b", "bytes=-", "lines=1-2", "bytes=0-1,3-4", "bytes", "", f"bytes={'9' * 5000}-"]
)
def test_what_is_no_single_range_is_answered_whole(edge: Edge, asked: str) -> None:
    full = ask(edge)
    answer = ask(edge, range=asked)
    assert (answer.status, answer.raw, answer.headers) == (200, full.raw, full.headers)


def test_if_range_wants_the_very_same_bytes(edge: Edge) -> None:
    tag = ask(edge, "/dated/").headers["etag"]
    assert ask(edge, "/dated/", range="bytes=0-1", if_range=tag).status == 206
    assert ask(edge, "/dated/", range="bytes=0-1", if_range=f"W/{tag}").status == 200
    assert ask(edge, "/dated/", range="bytes=0-1", if_range="Mon, 23 Nov 2026 10:00:00 GMT").status == 200


def test_head_ignores_a_range_and_a_known_page_is_not_sent_in_parts(edge: Edge) -> None:
    full = ask(edge)
    assert ask(edge, method="HEAD", range="bytes=0-1").status == 200
    assert ask(edge, range="bytes=0-1", if_none_match=full.headers["etag"]).status == 304

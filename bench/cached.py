"""Cached public JSON and HTML, one worker, against a bare application on the same server and against nginx."""

import tempfile
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from bench.rows import Row, compared, not_measured
from bench.servers import Server, available, bare, get, nginx, requests_per_second

_ROUNDS = 5
_LEAST = {"a bare application": 0.6, "nginx": 0.25}
# The pages to choose from, and the size that is looked for.
_JSON = [f"/api/v1/items?community=big&language=fr&limit={count}" for count in range(2, 20)]
_HTML = [f"/fr/{place}" for place in ("big/", "small/", "big/agenda/?view=week", "big/agenda/?view=month")]
_SIZES = {"JSON": (6_000, _JSON), "HTML": (30_000, _HTML)}


def cached(server: Server) -> list[Row]:
    """Return the rows for JSON of about 6 KB and HTML of about 30 KB."""
    if not available("wrk"):
        return [
            not_measured(f"cached public {what}, against {name}", "requests/s", f"ratio ≥ {least:g}")
            for what in _SIZES
            for name, least in _LEAST.items()
        ]
    return [row for what in _SIZES for row in _compare(what, _nearest(server, what))]


def _nearest(server: Server, what: str) -> str:
    size, paths = _SIZES[what]
    addresses = [f"{server.origin}{path}" for path in paths]
    return min(addresses, key=lambda address: abs(len(get(address)) - size))


def _compare(what: str, address: str) -> list[Row]:
    with ExitStack() as running:
        body = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="perron-bench-"))) / "body.bin"
        body.parent.chmod(0o755)
        body.write_bytes(get(address))
        references = {"a bare application": running.enter_context(bare(body))}
        if available("nginx"):
            references["nginx"] = running.enter_context(nginx(body))
        own: list[float] = []
        theirs: dict[str, list[float]] = {name: [] for name in references}
        # In turns, so that a busy moment of the machine hits all alike.
        for _ in range(_ROUNDS):
            own.append(requests_per_second(address))
            for name, reference in references.items():
                theirs[name].append(requests_per_second(reference))
        title = f"cached public {what}, {body.stat().st_size / 1000:.1f} KB"
    return [
        compared(
            f"{title}, against {name}",
            median(own),
            "requests/s",
            reference=median(theirs[name]),
            ratio=median(mine / other for mine, other in zip(own, theirs[name], strict=True)),
            least=least,
        )
        if name in theirs
        else not_measured(f"{title}, against {name}", "requests/s", f"ratio ≥ {least:g}")
        for name, least in _LEAST.items()
    ]

"""What a first visit costs: requests, bytes, paint and shifts, as the browser's own protocol counts them."""

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Request

# Lighthouse's mobile profile: slow 4G (150 ms, 1.6 Mbit/s down, 750 kbit/s up), a processor four times slower.
SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 1_638_400 / 8, "uploadThroughput": 768_000 / 8}
PHONE: dict[str, Any] = {
    "viewport": {"width": 412, "height": 823}, "device_scale_factor": 1.75, "is_mobile": True, "has_touch": True,
}  # fmt: skip
_WATCH = """
  window.measured = { lcp: 0, cls: 0 };
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) measured.lcp = entry.startTime; })
    .observe({ type: "largest-contentful-paint", buffered: true });
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) if (!entry.hadRecentInput) measured.cls += entry.value; })
    .observe({ type: "layout-shift", buffered: true });
"""  # noqa: E501 a script


@dataclass
class Cost:
    """Bytes are those on the wire, headers included; moments in ms from the start of the visit."""

    requests: list[str] = field(default_factory=list)
    before_load: int = 0
    bytes: dict[str, int] = field(default_factory=dict)
    bytes_before_load: int = 0
    largest_paint: float = 0
    shift: float = 0
    cookies: int = 0

    def size(self, *endings: str) -> int:
        """Return the bytes of everything whose address ends so."""
        return sum(size for address, size in self.bytes.items() if address.partition("?")[0].endswith(endings))


def first_visit(
    browser: Browser,
    origin: str,
    path: str,
    *,
    storage: dict[str, str],
    throttled: bool = False,
    with_worker: bool = True,
) -> Cost:
    """Open `path` with empty caches on a phone that holds `storage`, and wait until the app has settled."""
    context = browser.new_context(base_url=origin, service_workers="allow" if with_worker else "block", **PHONE)
    for key, value in storage.items():
        context.add_init_script(f"localStorage.getItem({key!r}) ?? localStorage.setItem({key!r}, {value!r})")
    context.add_init_script(_WATCH)
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    if throttled:
        devtools.send("Network.emulateNetworkConditions", SLOW_4G)
        devtools.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    cost = Cost()
    addresses: dict[str, str] = {}
    loaded = False

    def asked(event: dict[str, Any]) -> None:
        addresses[event["requestId"]] = event["request"]["url"]
        cost.requests.append(event["request"]["url"])
        cost.before_load += not loaded

    def finished(event: dict[str, Any]) -> None:
        address = addresses.get(event["requestId"], "")
        cost.bytes[address] = cost.bytes.get(address, 0) + int(event["encodedDataLength"])
        if not loaded:
            cost.bytes_before_load += int(event["encodedDataLength"])

    def load() -> None:
        nonlocal loaded
        loaded = True

    precached: list[Request] = []
    context.on("requestfinished", lambda request: precached.append(request) if request.service_worker else None)
    devtools.on("Network.requestWillBeSent", asked)
    devtools.on("Network.loadingFinished", finished)
    page.on("load", lambda _page: load())
    page.goto(path)
    page.wait_for_selector("[data-feed]:not([aria-busy])", state="attached")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(4000 if throttled else 1000)
    for request in precached:
        # What the worker finds in the browser's own cache costs nothing.
        if request.url not in cost.bytes:
            sizes = request.sizes()
            cost.bytes[request.url] = sizes["responseBodySize"] + sizes["responseHeadersSize"]
    measured = page.evaluate("measured")
    cost.largest_paint, cost.shift = measured["lcp"], measured["cls"]
    cost.cookies = len(context.cookies())
    context.close()
    return cost

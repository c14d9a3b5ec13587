"""The pages that are kept, within a fixed amount of memory."""

import threading
from collections import defaultdict
from collections.abc import Mapping

from perron.project.edge.page import Page, Variant

# Host, path with its prefix, query: as they stand in the request.
type Key = tuple[str, str, str]


class Shelf:
    """Keeps pages by request, and drops those that a new version makes stale. Safe to use from many threads.

    `pages` is for reading; whatever changes it goes through the methods.
    """

    def __init__(self, memory: int) -> None:
        self.pages: dict[Key, Page] = {}
        self.versions: Mapping[str, int] = {}
        self.bytes = 0
        self._memory = memory
        self._by_dependency: defaultdict[str, set[Key]] = defaultdict(set)
        self._lock = threading.Lock()

    def put(self, key: Key, page: Page) -> bool:
        """Keep `page`, unless something it was rendered from has changed meanwhile; say whether it is kept."""
        with self._lock:
            if any(self.versions.get(name, 0) != number for name, number in page.depends.items()):
                return False
            self._remove(key)
            self.pages[key] = page
            self.bytes += page.size
            for name in page.depends:
                self._by_dependency[name].add(key)
            self._make_room()
            return key in self.pages

    def add_variant(self, key: Key, page: Page, encoding: str) -> Variant:
        """Return the page in an encoding that nobody asked for before, and keep that too."""
        variant = page.render(encoding)
        with self._lock:
            kept = self.pages.get(key) is page
            before = page.size
            page.variants[encoding] = variant
            if kept:
                self.bytes += page.size - before
                self._make_room()
        return variant

    def update(self, versions: Mapping[str, int]) -> None:
        """Take note of the present versions and drop what was rendered from others."""
        with self._lock:
            known, self.versions = self.versions, versions
            changed = {name for name, number in versions.items() if known.get(name, 0) != number}
            for name in changed | (known.keys() - versions.keys()):
                for key in list(self._by_dependency.get(name, ())):
                    self._remove(key)

    def _make_room(self) -> None:
        """Drop the oldest pages; one that was asked for since the last look gets another round."""
        while self.bytes > self._memory and self.pages:
            key = next(iter(self.pages))
            page = self.pages[key]
            if page.used:
                page.used = False
                self.pages[key] = self.pages.pop(key)
            else:
                self._remove(key)

    def _remove(self, key: Key) -> None:
        page = self.pages.pop(key, None)
        if page is None:
            return
        self.bytes -= page.size
        for name in page.depends:
            keys = self._by_dependency[name]
            keys.discard(key)
            if not keys:
                del self._by_dependency[name]

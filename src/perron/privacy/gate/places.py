"""Every file store, cache, log and session engine that the settings configure is declared."""

from collections.abc import Iterator
from importlib import import_module

from django.conf import settings

from perron.privacy.gate.collecting import stores, tables

# Others put what is said to somebody into a cookie of its own.
_MESSAGES = "django.contrib.messages.storage.session.SessionStorage"


def store_gaps() -> Iterator[str]:
    """Yield a sentence for each undeclared or vanished place where data can lie outside the declared tables."""
    names = [store.name for store in stores()]
    declared = set(names)
    configured = {
        *(f"files:{alias}" for alias in settings.STORAGES),
        *(f"cache:{alias}" for alias in settings.CACHES),
        *(f"log:{name}" for name in settings.LOGGING.get("handlers", {})),
    }
    # Tables are declared by model, so they lie in one database.
    for alias in sorted(set(settings.DATABASES) - {"default"}):
        yield f"database {alias} is undeclared: Perron keeps its tables in the database `default` only; remove it."
    for name in sorted(configured - declared):
        yield f"store {name} is undeclared: add a Store to a personal_data.py."
    for name in sorted(n for n in declared - configured if n.split(":")[0] in {"files", "cache", "log"}):
        yield f"store {name} is declared but the settings have none of that name: remove it from personal_data.py."
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"store {name} is declared twice; keep one declaration."
    for store in stores():
        if store.personal and store.activity is None:
            yield f"store {store.name} is personal but serves no activity; say which."
    yield from _session_gaps()
    if settings.MESSAGE_STORAGE != _MESSAGES:
        yield f"messages lie with {settings.MESSAGE_STORAGE}, which nobody declared: set MESSAGE_STORAGE: {_MESSAGES}."


def _session_gaps() -> Iterator[str]:
    engine = import_module(settings.SESSION_ENGINE).SessionStore
    model = engine.get_model_class() if hasattr(engine, "get_model_class") else None
    if model not in {table.model for table in tables()}:
        yield (
            f"sessions lie with {settings.SESSION_ENGINE}, which no declared table holds: set SESSION_ENGINE to "
            "perron.accounts.sessions."
        )

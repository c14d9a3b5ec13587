"""Settings from the environment, read with a type; a wrong one stops the start with a sentence.

`docs/settings.md` describes each; a test compares the two.
"""

import importlib.util
import os
import re
import secrets
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from perron.channels.email.returns import Returns, read_returns
from perron.channels.email.server import Server, read_server
from perron.core.mail_addresses import read_address

# Packed into the installed package, or beside the sources.
_PACKED = Path(__file__).resolve().parents[1] / "policies"
_POLICIES = _PACKED if _PACKED.is_dir() else Path(__file__).resolve().parents[3] / "policy"
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
# A host name or address with the port that stands in the Host header, if one does.
_HOST = re.compile(r"(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])(?::(?P<port>[1-9]\d{0,4}))?")


def home() -> Path:
    """`PERRON_HOME`: the folder of database, secrets and media; made at first start, for its owner only."""
    folder = Path(os.environ.get("PERRON_HOME", "var")).resolve()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"PERRON_HOME is {str(folder)!r}, and no folder: {error.strerror}.") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ImproperlyConfigured(f"PERRON_HOME is {str(folder)!r}; whoever runs Perron must be able to write there.")
    return folder


def origin() -> str:
    """`PERRON_ORIGIN`: scheme and host under which the installation is reached, without a path.

    Plain http is for the own machine only (POLICY-FACTS S: encryption in transit).
    """
    value = os.environ.get("PERRON_ORIGIN", "http://127.0.0.1:8000").rstrip("/").lower()
    scheme, _, host = value.partition("://")
    if scheme not in {"http", "https"} or not _is_host(host):
        raise ImproperlyConfigured(f"PERRON_ORIGIN is {value!r}; write it as https://app.example.org")
    if scheme == "http" and (urlsplit(value).hostname or "") not in {"127.0.0.1", "localhost", "::1"}:
        raise ImproperlyConfigured("PERRON_ORIGIN must begin with https:// except on your own machine.")
    return value


def hosts() -> list[str]:
    """`PERRON_HOSTS`: further host names, separated by commas; platforms bring their own."""
    more = [host.strip().lower() for host in os.environ.get("PERRON_HOSTS", "").split(",") if host.strip()]
    if wrong := [host for host in more if not _is_host(host)]:
        raise ImproperlyConfigured(f"PERRON_HOSTS has {wrong[0]!r}; write host names alone: app.example.org")
    own = urlsplit(origin())
    port = f":{own.port}" if own.port else ""
    loopback = (
        [name + end for name in _LOOPBACK for end in {"", port}] if own.netloc.removesuffix(port) in _LOOPBACK else []
    )
    return list(dict.fromkeys([own.netloc, *more, *loopback]))


def policy() -> Path:
    """`PERRON_POLICY`: the folder of the operator's data-protection policy; by default that of Letsgocity S.A."""
    return Path(os.environ.get("PERRON_POLICY") or _POLICIES / "letsgocity").resolve()


def mail() -> Server | None:
    """`PERRON_MAIL`: the mail server that letters go to; without one they stay in the local outbox, in `home()`."""
    url = os.environ.get("PERRON_MAIL", "")
    try:
        return read_server(url) if url else None
    except ValueError as error:
        # The value itself holds a password.
        raise ImproperlyConfigured(f"PERRON_MAIL cannot be read: {error}.") from None


def mail_from() -> str:
    """`PERRON_MAIL_FROM`: in whose name letters are sent, "Name <address>" or an address; by default the operator's."""
    value = os.environ.get("PERRON_MAIL_FROM", "")
    if value and not read_address(parseaddr(value)[1]):
        raise ImproperlyConfigured(f"PERRON_MAIL_FROM is {value!r}; write it as Name <letters@example.org>")
    return value


def bounces() -> Returns | None:
    """`PERRON_BOUNCES`: the mailbox in which what could not be delivered comes back; without one, at the sender's."""
    url = os.environ.get("PERRON_BOUNCES", "")
    try:
        return read_returns(url) if url else None
    except ValueError as error:
        # The value itself holds a password.
        raise ImproperlyConfigured(f"PERRON_BOUNCES cannot be read: {error}.") from None


def backup_key() -> str:
    """`PERRON_BACKUP_KEY`: the file with the key of the backups, 32 bytes; by default `backup_key` in `PERRON_HOME`."""
    return os.environ.get("PERRON_BACKUP_KEY", "")


def tasks() -> str:
    """`PERRON_TASKS`: "embedded", or "celery" for workers that RabbitMQ wakes; that wants PostgreSQL."""
    value = os.environ.get("PERRON_TASKS", "embedded")
    if value not in {"embedded", "celery"}:
        raise ImproperlyConfigured(f"PERRON_TASKS is {value!r}; write embedded or celery.")
    if value == "celery" and not os.environ.get("PERRON_DATABASE"):
        raise ImproperlyConfigured(
            "PERRON_TASKS=celery wants PostgreSQL, which several machines can share: set PERRON_DATABASE."
        )
    if value == "celery" and importlib.util.find_spec("celery") is None:
        raise ImproperlyConfigured("PERRON_TASKS=celery needs Celery: install requirements/celery.txt.")
    return value


def broker() -> str:
    """`PERRON_BROKER`: where RabbitMQ is, if PERRON_TASKS is celery; returned as Celery wants it."""
    value = os.environ.get("PERRON_BROKER", "")
    try:
        parts = urlsplit(value)
        is_address = parts.scheme in {"amqp", "amqps"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if (value or tasks() == "celery") and not is_address:
        # The value itself holds a password.
        raise ImproperlyConfigured("PERRON_BROKER must look like amqp://user:password@host:5672/vhost")
    return value


def edge_memory() -> int:
    """`PERRON_EDGE_MEMORY`: how many megabytes of finished pages each web process keeps; returned in bytes."""
    value = os.environ.get("PERRON_EDGE_MEMORY", "48")
    if not value.isdecimal():
        raise ImproperlyConfigured(f"PERRON_EDGE_MEMORY is {value!r}; write a number of megabytes, for example 48.")
    return int(value) * 1_000_000


def secret_key(folder: Path) -> str:
    """Return the installation's secret, generated at first start into `secret_key` of `folder` (mode 600)."""
    path = folder / "secret_key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text()
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(64))
    return path.read_text()


def database(folder: Path) -> dict[str, object]:
    """`PERRON_DATABASE`: `postgresql://user:password@host:port/name`; by default SQLite in `folder`.

    Parameters after a question mark (`?sslmode=verify-full`) go to PostgreSQL's library as they are.
    """
    url = os.environ.get("PERRON_DATABASE", "")
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(folder / "perron.sqlite3"),
            # WAL lets readers go on while one writes; IMMEDIATE makes two writers wait instead of fail.
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON; "
                "PRAGMA cache_size=-20000; PRAGMA temp_store=MEMORY",
            },
            "TEST": {"NAME": str(folder / "test.sqlite3")},
            "CONN_MAX_AGE": 600,
        }
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        raise ImproperlyConfigured("PERRON_DATABASE must look like postgresql://user:password@host:5432/name")
    return {
        "ENGINE": "perron.privacy.tenancy.postgresql",
        "NAME": parts.path.strip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(port or ""),
        "OPTIONS": dict(parse_qsl(parts.query)),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


def log_format() -> str:
    """`PERRON_LOG`: "line" for people, "json" for programs."""
    value = os.environ.get("PERRON_LOG", "line")
    if value not in {"line", "json"}:
        raise ImproperlyConfigured(f"PERRON_LOG is {value!r}; write line or json.")
    return value


def _is_host(text: str) -> bool:
    found = _HOST.fullmatch(text)
    return found is not None and int(found["port"] or 0) < 65536

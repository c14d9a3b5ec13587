"""Where a web server listens: at an address of its own, or at a socket that systemd keeps open while it restarts."""

import os
import socket
from dataclasses import dataclass

# The first descriptor that systemd hands over (sd_listen_fds(3)).
_FIRST = 3


class PortTaken(Exception):
    """The address cannot be listened on; the message says why."""


@dataclass(frozen=True)
class Address:
    """Where to listen."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}/"


def is_handed_over() -> bool:
    """Return whether somebody opened a socket for this process, who keeps what is asked meanwhile until it answers."""
    return os.environ.get("LISTEN_PID") == str(os.getpid()) and os.environ.get("LISTEN_FDS") == "1"


def check_free(address: Address) -> None:
    """Raise `PortTaken` if nothing can listen at `address` now."""
    if not is_handed_over():
        with opened(address) as trial:
            try:
                trial.listen()
            except OSError as error:
                raise _taken(address, error) from error


def opened(address: Address) -> socket.socket:
    """Return the socket that was handed over, else a new one at `address`, which refuses until somebody listens.

    Raises `PortTaken`.
    """
    if is_handed_over():
        return socket.socket(fileno=_FIRST)
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)[0]
        made = socket.socket(family, kind, protocol)
        # The remains of closed connections do not count.
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            made.bind(where)
        except OSError:
            made.close()
            raise
    except OSError as error:
        raise _taken(address, error) from error
    return made


def _taken(address: Address, error: OSError) -> PortTaken:
    return PortTaken(f"Nothing can listen at {address.host} port {address.port}: {error.strerror}.")

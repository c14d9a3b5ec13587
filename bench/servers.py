"""Servers to measure, each in processes of its own, and the load to measure them with."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

_NGINX = """\
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log /dev/null;
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000;
  default_type application/octet-stream;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{ listen 127.0.0.1:{port} reuseport; root {folder}; }}
}}
"""


@dataclass(frozen=True)
class Server:
    """`perron serve`, running."""

    origin: str
    process: int

    def memory(self) -> int:
        """Return the resident bytes of its only web process."""
        children = Path(f"/proc/{self.process}/task/{self.process}/children").read_text().split()
        web = [child for child in children if b"--parent" not in Path(f"/proc/{child}/cmdline").read_bytes()]
        assert len(web) == 1, web
        pages = int(Path(f"/proc/{web[0]}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def perron() -> Iterator[Server]:
    """Start `perron serve` with one web process on the installation of PERRON_HOME."""
    port = free_port()
    command = [sys.executable, "-m", "perron.project.commandline", "serve", "--port", str(port)]
    with _running(command, port) as process:
        yield Server(f"http://127.0.0.1:{port}", process)


@contextmanager
def bare(body: Path) -> Iterator[str]:
    """Start the same web server with an application that only sends the bytes of `body`; yield its address."""
    port = free_port()
    with _running([sys.executable, "-m", "bench.bare", str(port), str(body)], port):
        yield f"http://127.0.0.1:{port}/"


@contextmanager
def nginx(body: Path) -> Iterator[str]:
    """Start nginx with one worker and no logs on the folder of `body`; yield the address of `body`."""
    port = free_port()
    configuration = body.parent / "nginx.conf"
    configuration.write_text(_NGINX.format(folder=body.parent, port=port))
    with _running(["nginx", "-p", str(body.parent), "-c", str(configuration)], port):
        yield f"http://127.0.0.1:{port}/{body.name}"


def available(program: str) -> bool:
    """Say whether `program` is there; where it can be installed without asking, install it."""
    package = {"nginx": "nginx-light"}.get(program, program)
    if shutil.which(program) is None and shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "install", "-y", "-q", package], check=False, capture_output=True)
    return shutil.which(program) is not None


def requests_per_second(address: str, seconds: int = 3) -> float:
    """Load `address` with wrk (one thread, 16 connections) and return what it answered per second."""
    command = ["wrk", "-t1", "-c16", f"-d{seconds}s", address]
    report = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if failed := re.search(r"Non-2xx or 3xx responses: \d+|Socket errors: .*", report):
        raise RuntimeError(f"{address}: {failed[0]}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", report)[1])  # type: ignore[index]


def get(address: str, **headers: str) -> bytes:
    """Return what `address` sends."""
    with urlopen(Request(address, headers={k.replace("_", "-"): v for k, v in headers.items()})) as answer:
        body: bytes = answer.read()
    return body


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
    return port


@contextmanager
def _running(command: list[str], port: int) -> Iterator[int]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        _wait_for(f"http://127.0.0.1:{port}/", process)
        yield process.pid
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with status {process.returncode}.")
        try:
            get(address)
        except HTTPError:
            return
        except (URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"{process.args!r} does not answer.")

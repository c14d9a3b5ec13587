"""nginx as deploy/nginx.conf has it, before web servers of one's own, and without TLS."""

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.cluster.machines import PATIENCE
from tests.project.test_processes import _free_port

_SITE = Path(__file__).parents[2] / "deploy" / "nginx.conf"


def missing() -> str:
    """Return what is not installed here, or "" if nothing is missing."""
    return "" if shutil.which("nginx") else "not installed here: nginx"


@contextmanager
def nginx(folder: Path, ports: list[int]) -> Iterator[int]:
    """Run it before web servers at `ports`, and yield its own port."""
    port = _free_port()
    site = _SITE.read_text()
    upstream = "".join(f"server 127.0.0.1:{each};" for each in ports)
    site = site.replace("server 127.0.0.1:8000;", upstream)
    # Only the second server passes on; what it says of TLS goes.
    before, _, secure = site.partition("server {\n    listen 80;")
    secure = "server {" + secure.partition("\nserver {")[2]
    secure = re.sub(r"^ *(listen|ssl_\w+|http2) .*;\n", "", secure, flags=re.MULTILINE)
    secure = secure.replace("server {", f"server {{ listen 127.0.0.1:{port};", 1).replace("$scheme", "https")
    assert "proxy_pass http://perron" in secure
    assert upstream in before
    own = " ".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    many = "events { worker_connections 4096; }"
    (folder / "nginx.conf").write_text(
        f"daemon off; worker_processes 1; pid {folder}/nginx.pid; {many} http {{ {own} {before} {secure} }}"
    )
    process = subprocess.Popen(["nginx", "-e", f"{folder}/error.log", "-c", f"{folder}/nginx.conf"])
    try:
        ends = time.monotonic() + PATIENCE
        while not _answers(port):
            assert process.poll() is None
            assert time.monotonic() < ends
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait()


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True

"""An application that does nothing but send bytes, on the web server and with the settings of `perron serve`."""

import sys
from pathlib import Path
from typing import Any

import django

from perron.project.listening import Address
from perron.project.serving import load, web_server

_BODY = Path(sys.argv[2]).read_bytes()
_CHUNKS = [_BODY]
_HEADERS = [("Content-Type", "application/octet-stream"), ("Content-Length", str(len(_BODY)))]


def application(_environ: dict[str, Any], start_response: Any) -> list[bytes]:
    start_response("200 OK", _HEADERS)
    return _CHUNKS


if __name__ == "__main__":
    django.setup()
    server = web_server(Address("127.0.0.1", int(sys.argv[1])), processes=1, target="bench.bare:application")
    server.serve(target_loader=load, wrap_loader=True)

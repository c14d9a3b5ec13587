import json
import logging

import pytest
from django.test import Client

from perron.project.log_lines import JsonLine


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/fr/", "/studio/", "/nowhere/at/all/", "/media/images/1/2.webp"])
def test_every_answer_tells_the_browser_what_it_may_do(client: Client, path: str) -> None:
    headers = client.get(path).headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"]
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=(self)" in headers["Permissions-Policy"]
    assert "camera=()" in headers["Permissions-Policy"]
    # Pictures may be shown by readers of feeds; nothing else is for other sites to embed.
    assert headers["Cross-Origin-Resource-Policy"] == ("cross-origin" if path.startswith("/media/") else "same-origin")


def test_a_log_line_as_json_is_one_line_with_the_trace_in_it() -> None:
    error = OSError("no\nspace")
    record = logging.LogRecord("perron", logging.ERROR, "", 1, "It failed: %s", ("disk",), (OSError, error, None))
    line = JsonLine().format(record)
    assert "\n" not in line
    read = json.loads(line)
    assert (read["level"], read["message"]) == ("error", "It failed: disk")
    assert "OSError" in read["trace"]

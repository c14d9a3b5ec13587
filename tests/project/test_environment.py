"""Settings from the environment: what is right is taken whole, what is wrong stops the start with a sentence."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from perron.project import environment


def test_the_parameters_of_the_databases_connection_are_not_lost(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PERRON_DATABASE", "postgresql://anne:a%40b@db.example.org/perron?sslmode=verify-full")
    database = environment.database(tmp_path)
    assert (database["PASSWORD"], database["OPTIONS"]) == ("a@b", {"sslmode": "verify-full"})


@pytest.mark.parametrize(
    "url", ["mysql://localhost/perron", "postgresql://localhost", "postgresql://h:abc/db", "postgresql://h:99999/db",
            "postgresql://[::1/db", "perron"],
)  # fmt: skip
def test_an_address_that_is_no_databases_is_refused(url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PERRON_DATABASE", url)
    with pytest.raises(ImproperlyConfigured, match="PERRON_DATABASE must look like"):
        environment.database(tmp_path)


@pytest.mark.parametrize(
    ("value", "origin"),
    [
        ("https://app.example.org", "https://app.example.org"),
        ("https://App.Example.org/", "https://app.example.org"),
        ("https://app.example.org:8443", "https://app.example.org:8443"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_an_origin_is_a_scheme_and_a_host(value: str, origin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERRON_ORIGIN", value)
    assert environment.origin() == origin


@pytest.mark.parametrize(
    "value",
    ["", "app.example.org", "ftp://app.example.org", "https://", "https://a b", "https://a:99999", "https://a:",
     "https://anne:secret@app.example.org", "https://app.example.org/perron", "https://app.example.org?x",
     "https://a#b", "https://a\nb", "http://app.example.org", "http://127.0.0.1.example.org", "http://a@127.0.0.1"],
)  # fmt: skip
def test_anything_else_is_refused(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERRON_ORIGIN", value)
    with pytest.raises(ImproperlyConfigured, match="PERRON_ORIGIN"):
        environment.origin()


def test_further_hosts_are_names_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERRON_ORIGIN", "https://app.example.org")
    monkeypatch.setenv("PERRON_HOSTS", " News.example.org, ,alt.example.org:8443")
    assert environment.hosts() == ["app.example.org", "news.example.org", "alt.example.org:8443"]
    for wrong in ("https://news.example.org", "a b", "*.example.org", "a/b"):
        monkeypatch.setenv("PERRON_HOSTS", f"news.example.org,{wrong}")
        with pytest.raises(ImproperlyConfigured, match="PERRON_HOSTS"):
            environment.hosts()


def test_a_home_that_is_no_folder_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for wrong in (tmp_path / "file", tmp_path / "file" / "below", Path("/proc/nowhere")):
        monkeypatch.setenv("PERRON_HOME", str(wrong))
        with pytest.raises(ImproperlyConfigured, match="PERRON_HOME"):
            environment.home()

"""The installable app's files: manifest, icons, service worker, offline page, list of places."""

import io
import json
import math
import re
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import set_script_prefix
from PIL import Image

from perron.communities.models import Community
from perron.reader import app_files, icons
from tests import making

pytestmark = pytest.mark.django_db


def by_path(client: Client, slug: str, path: str) -> bytes:
    """Fetch `path` as the platform under `/p/{slug}/`, with the prefix that the WSGI handler would set."""
    set_script_prefix(f"/p/{slug}/")
    try:
        return bytes(client.get(path, SCRIPT_NAME=f"/p/{slug}").content)
    finally:
        set_script_prefix("/")


def test_each_language_has_a_manifest_of_the_same_app(client: Client) -> None:
    making.platform(making.community(), name="Liège en Poche", colour="#004d40")
    french, dutch = (client.get(f"/{language}/manifest.webmanifest") for language in ("fr", "nl"))
    assert french["Content-Type"] == "application/manifest+json"
    one, other = french.json(), dutch.json()
    assert one["id"] == other["id"] == one["scope"] == "/"
    assert (one["lang"], other["lang"]) == ("fr", "nl")
    assert (one["start_url"], other["start_url"]) == ("/fr/", "/nl/")
    assert one["name"] == "Liège en Poche"
    assert one["theme_color"] == "#004d40"
    assert one["description"] != other["description"]
    assert {icon["purpose"] for icon in one["icons"]} == {"any", "maskable"}
    assert one["background_color"] == "#fbfaf7"
    assert [shortcut["url"] for shortcut in one["shortcuts"]] == ["/fr/agenda/", "/fr/choose/"]
    assert all(client.get(shortcut["icons"][0]["src"]).status_code == 200 for shortcut in one["shortcuts"])


def test_a_platform_by_path_stays_within_its_prefix(client: Client) -> None:
    making.platform(making.community(), slug="ville", is_front=False)
    manifest = json.loads(by_path(client, "ville", "/fr/manifest.webmanifest"))
    assert manifest["id"] == manifest["scope"] == "/p/ville/"
    assert manifest["start_url"] == "/p/ville/fr/"
    assert all(icon["src"].startswith("/p/ville/app/") for icon in manifest["icons"])
    app = read_app(by_path(client, "ville", "/sw.js"))
    assert (app["platform"], app["prefix"]) == ("ville", "/p/ville/")
    assert app["offline"]["fr"] == "/p/ville/fr/offline/"


def test_the_icons_of_the_manifest_are_pictures_of_that_size(client: Client) -> None:
    making.platform(making.community(), colour="#123456")
    for icon in client.get("/fr/manifest.webmanifest").json()["icons"]:
        answer = client.get(icon["src"])
        assert answer["Content-Type"] == "image/png"
        image = Image.open(io.BytesIO(answer.content))
        assert "{}x{}".format(*image.size) == icon["sizes"]
        assert image.convert("RGB").getpixel((2, 2)) == (0x12, 0x34, 0x56)


def test_the_strictest_mask_cuts_nothing_from_the_icon(client: Client) -> None:
    platform = making.platform(making.community(), name="Waremme", colour="#123456")
    icon = Image.open(io.BytesIO(icons.draw(platform, "maskable-512"))).convert("RGB")
    marks = [
        math.dist((x, y), (256, 256)) / 512
        for x in range(512)
        for y in range(512)
        if icon.getpixel((x, y)) == (255, 255, 255)
    ]
    assert len(marks) > 10_000
    assert max(marks) < 0.4


def test_a_logo_becomes_the_icon_and_keeps_clear_of_the_mask(client: Client, tmp_path: object) -> None:
    platform = making.platform(making.community())
    logo = io.BytesIO()
    Image.new("RGB", (64, 64), "#ff0000").save(logo, "PNG")
    platform.logo.save("logo.png", ContentFile(logo.getvalue()))
    plain, maskable = (
        Image.open(io.BytesIO(icons.draw(platform, name))).convert("RGB") for name in ("512", "maskable-512")
    )
    assert plain.getpixel((2, 2)) == (255, 0, 0)
    assert maskable.getpixel((2, 2)) == (255, 255, 255)
    assert maskable.getpixel((256, 256)) == (255, 0, 0)


def test_the_masthead_and_the_api_show_the_logo_where_it_can_be_fetched(client: Client) -> None:
    platform = making.platform(making.community())
    logo = io.BytesIO()
    Image.new("RGB", (64, 64), "#ff0000").save(logo, "PNG")
    platform.logo.save("logo.png", ContentFile(logo.getvalue()))
    addresses = [
        re.findall(r'class="logo"[^>]*><img src="([^"]+)"', client.get("/fr/").content.decode())[0],
        client.get("/api/v1/platforms").json()["items"][0]["logo"].removeprefix("http://testserver"),
    ]
    for address in addresses:
        assert client.get(address)["Content-Type"] == "image/png", address


def test_there_is_no_icon_of_any_other_size(client: Client) -> None:
    making.platform(making.community())
    assert client.get("/app/icon-9999.png").status_code == 404


def test_the_worker_says_what_it_keeps_and_may_work_for_the_whole_platform(client: Client) -> None:
    making.platform(making.community())
    answer = client.get("/sw.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Service-Worker-Allowed"] == "/"
    app = read_app(answer.content)
    assert "/static/screens/perron.css" in app["shell"]
    assert "/static/reader/worker.js" not in app["shell"]
    assert {"studio", "desk", "account", "api", "p"} <= set(app["reserved"])
    for path in app["offline"].values():
        assert client.get(path).status_code == 200


def test_the_worker_keeps_the_logo_of_the_masthead_and_is_another_with_another_logo(client: Client) -> None:
    platform = making.platform(making.community())
    assert "/app/icon-192.png" not in read_app(client.get("/sw.js").content)["shell"]
    workers = []
    for colour in ("#ff0000", "#00ff00"):
        logo = io.BytesIO()
        Image.new("RGB", (64, 64), colour).save(logo, "PNG")
        platform.logo.save("logo.png", ContentFile(logo.getvalue()))
        workers.append(client.get("/sw.js").content)
        assert "/app/icon-192.png" in read_app(workers[-1])["shell"]
    assert workers[0] != workers[1]


def test_the_build_changes_with_any_file_of_the_app(monkeypatch: pytest.MonkeyPatch) -> None:
    before = app_files.build()
    app_files.build.cache_clear()
    try:
        monkeypatch.setattr(app_files, "shell", lambda: ("screens/perron.css",))
        assert app_files.build() != before
        monkeypatch.undo()
        app_files.build.cache_clear()
        assert app_files.build() == before
    finally:
        app_files.build.cache_clear()


def test_places_carry_every_name_of_a_commune_and_who_is_there(client: Client) -> None:
    liege = making.community("liege", commune_nis="62063", names={"fr": "Ville de Liège"})
    library = making.community("biblio", commune_nis="62063", kind=Community.Kind.PUBLIC_SERVICE)
    elsewhere = making.community("club", commune_nis="")
    making.platform(liege, library, elsewhere)
    making.topic("sport")
    places = client.get("/nl/places.json").json()
    (commune,) = places["communes"]
    assert commune["name"] == "Luik"
    assert {"Liège", "Luik", "Lüttich"} <= set(commune["names"])
    assert "4000" in commune["postal_codes"]
    assert commune["communities"] == ["liege", "biblio"]
    assert [one["slug"] for one in places["communities"]] == ["liege", "biblio", "club"]
    assert places["topics"] == [{"slug": "sport", "name": "Sport"}]


def test_a_merged_commune_is_found_under_its_old_name(client: Client) -> None:
    making.platform(making.community("anvers", commune_nis="11002"))
    (commune,) = client.get("/fr/places.json").json()["communes"]
    assert "Borsbeek" in commune["names"]
    assert "2150" in commune["postal_codes"]


def test_nothing_of_the_app_sets_a_cookie_and_all_may_be_kept_by_the_edge(client: Client) -> None:
    making.platform(making.community())
    for path in ("/fr/manifest.webmanifest", "/sw.js", "/fr/offline/", "/fr/places.json", "/app/icon-192.png"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert not answer.cookies
        assert "Perron-Depends" in answer.headers


def test_scripts_hold_no_words_for_readers() -> None:
    """Texts come from templates, where they are translated."""
    for name in app_files.shell():
        if name.endswith(".js"):
            source = (app_files._SCRIPTS / name.removeprefix("reader/")).read_text()
            assert not re.search(r"(textContent|innerText) = [\"'`]", source), name


def read_app(script: bytes) -> dict[str, Any]:
    found = re.match(r"const APP = (\{.*\});", script.decode())
    assert found
    return dict(json.loads(found[1]))

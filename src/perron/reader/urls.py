from django.urls import URLPattern, URLResolver, include, path, re_path, register_converter

from perron.reader import (
    agendas,
    app_files,
    cards,
    choosing,
    communities,
    health,
    items,
    media,
    pages,
    sitemap,
    theming,
)
from perron.reader.converters import Language

register_converter(Language, "language")

app_name = "reader"

urlpatterns: list[URLPattern | URLResolver] = [
    path("media/images/<uuid:image>/<int:width>.webp", media.image, name="image"),
    path("media/attachments/<uuid:attachment>/<str:name>", media.attachment, name="attachment"),
    re_path(r"^theme/(?P<colour>[0-9a-f]{6})\.css$", theming.theme, name="theme"),
    path("sw.js", app_files.worker, name="worker"),
    path("app/icon-<slug:name>.png", app_files.icon, name="icon"),
    path("", pages.front, name="front"),
    path("<language:language>/", pages.today, name="today"),
    path("<language:language>/choose/", choosing.choose, name="choose"),
    path("<language:language>/agenda/", agendas.agenda, name="agenda"),
    path("<language:language>/manifest.webmanifest", app_files.manifest, name="manifest"),
    path("<language:language>/offline/", app_files.offline, name="offline"),
    path("<language:language>/places.json", app_files.places, name="places"),
    path("<language:language>/<slug:community>/cards.json", cards.document, name="cards"),
    path("<language:language>/", include("perron.reader.website.urls")),
    path("health", health.health, name="health"),
    path("robots.txt", sitemap.robots, name="robots"),
    path("sitemap.xml", sitemap.index, name="sitemap"),
    path("sitemap-<slug:community>-<int:number>.xml", sitemap.pages, name="sitemap-of-community"),
    path("api/", include("perron.reader.api.urls")),
    path("", include("perron.reader.feeds.urls")),
    path("<language:language>/<slug:community>/<slug:item>.ics", items.calendar, name="item-calendar"),
    path("<language:language>/<slug:community>/agenda/", agendas.community_agenda, name="community-agenda"),
    path("<language:language>/<slug:community>/", communities.community, name="community"),
    path("<language:language>/<slug:community>/<slug:item>/", items.item, name="item"),
    path("<slug:community>/", communities.bare_community, name="bare-community"),
]

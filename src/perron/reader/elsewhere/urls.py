"""A community's news outside the app. Without the language, an address leads to the community's first."""

from django.urls import URLPattern, path

from perron.reader.elsewhere import poster, screen, widget

urlpatterns: list[URLPattern] = [
    path("widget.js", widget.component, name="widget-component"),
    path("widget.css", widget.style, name="widget-style"),
    path("<language:language>/<slug:community>/widget/", widget.widget, name="widget"),
    path("<language:language>/<slug:community>/screen/", screen.screen, name="screen"),
    path("<language:language>/<slug:community>/poster.svg", poster.svg, name="poster-svg"),
    path("<language:language>/<slug:community>/poster.pdf", poster.pdf, name="poster-pdf"),
    path("<slug:community>/widget", widget.bare, name="bare-widget"),
    path("<slug:community>/screen", screen.bare, name="bare-screen"),
    path("<slug:community>/poster.svg", poster.bare_svg, name="bare-poster-svg"),
    path("<slug:community>/poster.pdf", poster.bare_pdf, name="bare-poster-pdf"),
]

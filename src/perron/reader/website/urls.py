from django.urls import path, register_converter

from perron.reader.website import about, accessibility, agreements, contact, cookies, policy
from perron.reader.website.converters import Day

register_converter(Day, "day")

urlpatterns = [
    path("about/", about.about, name="about"),
    path("contact/", contact.contact, name="contact"),
    path("contact/sent/", contact.sent, name="contact-sent"),
    path("privacy/", policy.in_force, name="policy"),
    path("privacy/arrangement/", agreements.arrangement, name="arrangement"),
    path("privacy/processors/", agreements.who_processes, name="processors"),
    path("privacy/<day:day>/", policy.version, name="policy-version"),
    path("privacy/<day:day>/changes/<day:other>/", policy.changes, name="policy-changes"),
    path("cookies/", cookies.cookies, name="cookies"),
    path("accessibility/", accessibility.accessibility, name="accessibility"),
]

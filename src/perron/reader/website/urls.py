from django.urls import path, register_converter

from perron.reader.website import about, accessibility, agreements, contact, cookies, newsletter, policy
from perron.reader.website.converters import Day

register_converter(Day, "day")

urlpatterns = [
    path("about/", about.about, name="about"),
    path("contact/", contact.contact, name="contact"),
    path("contact/sent/", contact.sent, name="contact-sent"),
    path("newsletter/", newsletter.newsletter, name="newsletter"),
    path("newsletter/sent/", newsletter.sent, name="newsletter-sent"),
    path("newsletter/confirm/", newsletter.confirm, name="newsletter-confirm"),
    path("newsletter/<str:key>/", newsletter.own, name="newsletter-own"),
    path("newsletter/<str:key>/stop/", newsletter.stop, name="newsletter-stop"),
    path("privacy/", policy.in_force, name="policy"),
    path("privacy/arrangement/", agreements.arrangement, name="arrangement"),
    path("privacy/processors/", agreements.who_processes, name="processors"),
    path("privacy/<day:day>/", policy.version, name="policy-version"),
    path("privacy/<day:day>/changes/<day:other>/", policy.changes, name="policy-changes"),
    path("cookies/", cookies.cookies, name="cookies"),
    path("accessibility/", accessibility.accessibility, name="accessibility"),
]

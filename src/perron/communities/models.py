"""Who publishes and where it is read. `Community` and what hangs on it first, then partners and platforms."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from perron.accounts.models import Person
from perron.communities.access_reviews.tables import AccessReview
from perron.communities.applying.tables import Application, ApplicationEntry, Apprenticeship
from perron.communities.colours import validate_brand_colour
from perron.communities.contracting.tables import Agreement, Contact, Signature
from perron.communities.enrolling.tables import Enrolment
from perron.communities.identity.tables import IdentityProvider
from perron.communities.inviting.tables import Invitation, role_fits_scope
from perron.communities.naming import (
    validate_commune,
    validate_communes,
    validate_descriptions,
    validate_enterprise_number,
    validate_host,
    validate_languages,
    validate_names,
    validate_phone,
    validate_postal_code,
    validate_slug,
    validate_website,
)
from perron.communities.opening_hours import validate_opening_hours
from perron.communities.polygons import validate_geojson
from perron.communities.roles import Role
from perron.communities.syncing.tables import SyncedChoice
from perron.core.clock import now
from perron.core.identifiers import uuid7
from perron.core.language import LANGUAGES, localised
from perron.privacy.tenancy.within import OfTenants

__all__ = [
    "AccessReview",
    "Agreement",
    "Application",
    "ApplicationEntry",
    "Apprenticeship",
    "Area",
    "Community",
    "Contact",
    "Enrolment",
    "IdentityProvider",
    "Invitation",
    "Member",
    "Partner",
    "Place",
    "Platform",
    "PublicVersion",
    "Signature",
    "SyncedChoice",
    "Topic",
]


def _all_languages() -> list[str]:
    return list(LANGUAGES)


class Partner(models.Model):
    """An organisation under contract with the operator."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.SlugField(unique=True, validators=[validate_slug])
    name = models.CharField(_("name"), max_length=120)
    enterprise_number = models.CharField(
        _("enterprise number"), max_length=12, blank=True, validators=[validate_enterprise_number]
    )
    street = models.CharField(_("street and number"), max_length=120, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=4, blank=True, validators=[validate_postal_code])
    locality = models.CharField(_("locality"), max_length=80, blank=True)
    # The organisation that it belongs to, as a public centre for social welfare to its commune: one step, no more.
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    # The operator's own: it needs no agreement with itself.
    is_operator = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["is_operator"], condition=models.Q(is_operator=True), name="one_operator")
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse more than one step from an organisation to the one above it."""
        if self.parent and (self.parent_id == self.pk or self.parent.parent_id or self.children.exists()):
            raise ValidationError(
                {"parent": _("An organisation above is not itself part of another one. Choose the topmost.")}
            )


class Community(models.Model):
    """A source that publishes: a commune, its library, a school, a club, a shop."""

    class Kind(models.TextChoices):
        """What sort of body it is."""

        COMMUNE = "commune", _("Commune")
        PUBLIC_SERVICE = "public_service", _("Public service")
        SCHOOL = "school", _("School")
        ASSOCIATION = "association", _("Association")
        SHOP = "shop", _("Shop")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="communities")
    slug = models.SlugField(_("address"), unique=True, validators=[validate_slug])
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    names = models.JSONField(_("names"), validators=[validate_names])
    descriptions = models.JSONField(_("descriptions"), default=dict, blank=True, validators=[validate_descriptions])
    languages = models.JSONField(_("languages, the first one first"), default=_all_languages,
                                 validators=[validate_languages])  # fmt: skip
    # The commune where it is (NIS code of `communes.py`), and its exact place if it has one.
    commune_nis = models.CharField(_("commune"), max_length=5, blank=True, validators=[validate_commune])
    street = models.CharField(_("street and number"), max_length=120, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=4, blank=True, validators=[validate_postal_code])
    locality = models.CharField(_("locality"), max_length=80, blank=True)
    latitude = models.FloatField(null=True, blank=True, validators=[MinValueValidator(-90), MaxValueValidator(90)])
    longitude = models.FloatField(null=True, blank=True, validators=[MinValueValidator(-180), MaxValueValidator(180)])
    phone = models.CharField(_("telephone"), max_length=30, blank=True, validators=[validate_phone])
    email = models.EmailField(_("e-mail address"), blank=True)
    website = models.URLField(_("website"), blank=True, validators=[validate_website])
    opening_hours = models.JSONField(_("opening hours"), default=dict, blank=True, validators=[validate_opening_hours])
    # Demo content that names real places: said on every page, and kept out of search engines.
    fictional = models.BooleanField(default=False)
    # Nothing but alerts goes out before somebody else than its writer has read it.
    second_reader = models.BooleanField(_("a second person reads before release"), default=False)

    class Meta:
        verbose_name_plural = "communities"

    def __str__(self) -> str:
        return self.name_in(self.languages[0] if self.languages else LANGUAGES[0])

    def clean(self) -> None:
        """Refuse half a point."""
        if (self.latitude is None) != (self.longitude is None):
            raise ValidationError(_("A place has both a latitude and a longitude, or neither."))

    def name_in(self, language: str) -> str:
        """Return the name in `language`, or in the first of the community's languages that has one."""
        return localised(self.names, language, self.languages)


class Platform(models.Model):
    """A branded app of a partner, reached by its own host or under `/p/{slug}/`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="platforms")
    slug = models.SlugField(unique=True, validators=[validate_slug])
    name = models.CharField(_("name"), max_length=60)
    host = models.CharField(_("host name"), max_length=253, blank=True, validators=[validate_host])
    colour = models.CharField(_("colour"), max_length=7, default="#7a1f2b", validators=[validate_brand_colour])
    # A square PNG made by the image rules; without one, the initial on the colour.
    logo = models.ImageField(_("logo"), upload_to="logos/", blank=True)
    languages = models.JSONField(_("languages, the first one first"), default=_all_languages,
                                 validators=[validate_languages])  # fmt: skip
    communities = models.ManyToManyField(Community, through="Place", related_name="platforms")
    # The one shown on hosts that no platform claims: the operator's own.
    is_front = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["host"],
                condition=~models.Q(host=""),
                name="platform_host_once",
                violation_error_message=_("Another platform has this host."),
            ),
            models.UniqueConstraint(fields=["is_front"], condition=models.Q(is_front=True), name="one_front_platform"),
        ]

    def __str__(self) -> str:
        return self.name


class Place(models.Model):
    """A community's place on a platform."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    platform = models.ForeignKey(Platform, on_delete=models.CASCADE)
    community = models.ForeignKey(Community, on_delete=models.CASCADE)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["platform", "community"], name="place_once")]

    def __str__(self) -> str:
        return f"{self.community} / {self.platform}"


class Topic(models.Model):
    """What an item is about; one list for the whole installation."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.SlugField(unique=True, validators=[validate_slug])
    names = models.JSONField(_("names"), validators=[validate_names])
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["position", "slug"]

    def __str__(self) -> str:
        return localised(self.names, LANGUAGES[0])


class Area(models.Model):
    """Where something matters: a polygon drawn by the community, or whole communes."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.ForeignKey(Community, on_delete=models.CASCADE, related_name="areas")
    slug = models.SlugField(validators=[validate_slug])
    names = models.JSONField(_("names"), validators=[validate_names])
    # A GeoJSON Polygon or MultiPolygon (RFC 7946: longitude before latitude), or null.
    polygon = models.JSONField(null=True, blank=True, validators=[validate_geojson])
    communes_nis = models.JSONField(_("communes"), default=list, blank=True, validators=[validate_communes])

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["community", "slug"],
                name="area_slug_once",
                violation_error_message=_("This community has an area with this address."),
            )
        ]

    def __str__(self) -> str:
        return localised(self.names, LANGUAGES[0])

    def clean(self) -> None:
        """Refuse an area that is nowhere."""
        if not self.polygon and not self.communes_nis:
            raise ValidationError(_("Draw the area, or choose at least one commune."))


class Member(models.Model):
    """A person acting for a community, a partner (no community) or the operator (neither)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    community = models.ForeignKey(Community, on_delete=models.CASCADE, null=True, blank=True, related_name="members")
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, null=True, blank=True, related_name="members")
    role = models.CharField(_("role"), max_length=16, choices=Role)
    since = models.DateTimeField(default=now)

    objects = OfTenants["Member"]()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "community"], name="member_of_community_once"),
            models.UniqueConstraint(fields=["person", "partner"], name="member_of_partner_once"),
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(community=None, partner=None), name="member_of_operator_once"
            ),
            models.CheckConstraint(condition=models.Q(community=None) | models.Q(partner=None), name="member_of_one"),
            models.CheckConstraint(condition=role_fits_scope(), name="member_role_fits"),
        ]

    def __str__(self) -> str:
        return f"{self.person} ({self.role})"

    @property
    def scope(self) -> "Community | Partner | None":
        """What the role is held at; None for the operator."""
        return self.community or self.partner


class PublicVersion(models.Model):
    """How often the public face of something changed; the edge drops what was rendered from older versions.

    `key` is `community:{uuid}` or `platform:{uuid}`.
    """

    key = models.CharField(primary_key=True, max_length=60)
    number = models.PositiveBigIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.key} {self.number}"

    def save(self, *_args: Any, **_kwargs: Any) -> None:
        """Refuse: versions only move by `versions.bump`."""
        raise TypeError("Use perron.communities.versions.bump")

from importlib import import_module
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from perron.accounts.passwords import LONGEST, usual
from perron.core.clock import now
from perron.core.identifiers import uuid7
from perron.core.mail_addresses import read_address
from perron.privacy.acting import Actor


class PersonManager(BaseUserManager["Person"]):
    """Finds people by address, whatever its case; not those who closed their account, who are in `Person.stored`."""

    def get_queryset(self) -> models.QuerySet["Person"]:
        """Return those who have an account."""
        return super().get_queryset().filter(closed_at=None)

    def get_by_natural_key(self, username: str | None) -> "Person":
        """Return the person with this address; raises `Person.DoesNotExist`."""
        return self.get(email=(username or "").strip().lower())

    def create_person(self, email: str, password: str | None, *, name: str = "", **columns: Any) -> "Person":
        """Create and return a person; without a password they cannot sign in with one."""
        person = Person(email=(read_address(email) or email.strip()).lower(), name=name, **columns)
        person.set_password(password)
        person.full_clean(exclude=["password"])
        person.save()
        return person


class Person(AbstractBaseUser):
    """Somebody with an account."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(
        _("e-mail address"),
        max_length=254,
        unique=True,
        error_messages={"unique": _("This address already has an account.")},
    )
    name = models.CharField(_("name"), max_length=100, blank=True)
    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    language = models.CharField(_("language"), max_length=2, default="fr")
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=now)
    # The age, in years, that whoever signed up declared to have reached; nobody asks when they were born.
    declared_age = models.PositiveSmallIntegerField(null=True, editable=False)
    # From then on the clock of activity C runs; what nobody must keep is gone already.
    closed_at = models.DateTimeField(null=True, editable=False, db_index=True)
    # Of a closed account, whose address is gone: who brings the address is found by it (`subjects.fingerprint`).
    fingerprint = models.CharField(max_length=64, blank=True, editable=False, db_index=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    objects: ClassVar[PersonManager] = PersonManager()
    # Closed accounts too: for keeping them, for letting them go, and for whom they belonged to.
    stored: ClassVar[models.Manager["Person"]] = models.Manager()

    class Meta:
        # One spelling of each address, so that two accounts cannot differ by capitals alone.
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="person_email_lower")
        ]

    def __str__(self) -> str:
        return self.full_name or self.email

    @property
    def full_name(self) -> str:
        """First name and name, as far as they are given."""
        return f"{self.first_name} {self.name}".strip()

    def set_password(self, raw_password: str | None) -> None:
        """Keep the password's hash, whichever way its letters were typed."""
        super().set_password(raw_password if raw_password is None else usual(raw_password))

    def check_password(self, raw_password: str | None) -> bool:
        """Say whether it is the password. What is longer than any password is not even hashed."""
        typed = usual(raw_password or "") if len(raw_password or "") <= LONGEST else ""
        return bool(typed) and super().check_password(typed)

    @property
    def actor(self) -> Actor:
        """This person as the one who acts."""
        return Actor("person", self.pk)


class Session(AbstractBaseSession):
    """Somebody's being signed in on one device. `person` is in a column, so that their sessions can be ended."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="sessions")
    # Of who is signed in; copied from the session's content when it is written (`accounts.sessions`).
    started_at = models.DateTimeField(null=True, editable=False)
    seen_on = models.DateField(null=True, editable=False)
    device = models.CharField(max_length=60, blank=True, editable=False)

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        """Return what reads and writes sessions."""
        return import_module(settings.SESSION_ENGINE).SessionStore  # type: ignore[no-any-return]


class SignUp(models.Model):
    """That an account was asked for with an address, and whether it was opened. What was said is in the mailed link."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    addressee_id = models.UUIDField(db_index=True)
    asked_at = models.DateTimeField(default=now, db_index=True)
    opened_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.pk)


class AddressChange(models.Model):
    """Another address that somebody wants to sign in with, until it is confirmed at both, stopped or too old."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="address_changes")
    email = models.EmailField(max_length=254)
    asked_at = models.DateTimeField(default=now, db_index=True)
    confirmed_at_old = models.DateTimeField(null=True)
    confirmed_at_new = models.DateTimeField(null=True)
    # Done, stopped, or replaced by another wish.
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.pk)


class Portrait(models.Model):
    """The photo of somebody's profile; its file is named after it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="portrait")
    since = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def file(self) -> str:
        """The name of its file in the storage."""
        return f"portraits/{self.pk}.webp"

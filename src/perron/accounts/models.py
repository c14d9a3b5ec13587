from importlib import import_module
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from perron.core.clock import now
from perron.core.identifiers import uuid7
from perron.privacy.acting import Actor


class PersonManager(BaseUserManager["Person"]):
    """Finds people by address, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "Person":
        """Return the person with this address; raises `Person.DoesNotExist`."""
        return self.get(email=(username or "").strip().lower())

    def create_person(self, email: str, password: str | None, *, name: str = "") -> "Person":
        """Create and return a person; without a password they cannot sign in with one."""
        person = Person(email=email.strip().lower(), name=name)
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
    language = models.CharField(_("language"), max_length=2, default="fr")
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=now)
    # From then on the clock of activity C runs; what nobody must keep is gone already.
    closed_at = models.DateTimeField(null=True, editable=False, db_index=True)
    # Of a closed account, whose address is gone: who brings the address is found by it (`subjects.fingerprint`).
    fingerprint = models.CharField(max_length=64, blank=True, editable=False, db_index=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    objects: ClassVar[PersonManager] = PersonManager()

    class Meta:
        # One spelling of each address, so that two accounts cannot differ by capitals alone.
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="person_email_lower")
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def actor(self) -> Actor:
        """This person as the one who acts."""
        return Actor("person", self.pk)


class Session(AbstractBaseSession):
    """Somebody's being signed in on one device. `person` is in a column, so that their sessions can be ended."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="sessions")

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        """Return what reads and writes sessions."""
        return import_module(settings.SESSION_ENGINE).SessionStore  # type: ignore[no-any-return]

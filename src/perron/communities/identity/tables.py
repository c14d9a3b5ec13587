from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from perron.core.identifiers import uuid7


class IdentityProvider(models.Model):
    """Where a partner's own people sign in (OpenID Connect Core 1.0), who then need no password of ours."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    partner = models.OneToOneField("communities.Partner", on_delete=models.CASCADE, related_name="identity_provider")
    issuer = models.URLField(_("address of the provider"), max_length=300)
    client_id = models.CharField(_("client identifier"), max_length=190)
    # Encrypted with the installation's key (`privacy.encrypting`).
    secret = models.TextField(_("client secret"))
    is_on = models.BooleanField(_("is switched on"), default=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(secret__startswith="v1:"),  # noqa: S106 how what is encrypted begins
                name="identity_secret_is_encrypted",
            )
        ]

    def __str__(self) -> str:
        return self.issuer

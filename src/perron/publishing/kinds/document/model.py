from django.db import models
from django.utils.translation import gettext_lazy as _


class DocumentDetails(models.Model):
    """A public inquiry, council minutes, a form; the text or the attached PDF is the document itself."""

    class Type(models.TextChoices):
        """What sort of document it is."""

        INQUIRY = "inquiry", _("Public inquiry")
        MINUTES = "minutes", _("Council minutes")
        REGULATION = "regulation", _("Regulation")
        FORM = "form", _("Form")
        OTHER = "other", _("Other document")

    item = models.OneToOneField("publishing.Item", on_delete=models.CASCADE, primary_key=True)
    type = models.CharField(max_length=10, choices=Type, default=Type.OTHER)
    reference = models.CharField(max_length=80, blank=True)
    # The last day to react, where there is one.
    deadline = models.DateField(null=True)

    def __str__(self) -> str:
        return self.get_type_display()

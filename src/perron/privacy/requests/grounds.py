"""On what a request may be refused, or left without effect."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Ground(models.TextChoices):
    """The grounds that the GDPR knows; each with its article."""

    NOT_IDENTIFIED = "not_identified", _("it cannot be established who asks, or which data are theirs")
    UNFOUNDED = "unfounded", _("manifestly unfounded")
    EXCESSIVE = "excessive", _("manifestly excessive, in particular because it repeats others")
    LAW = "law", _("a law obliges us to keep or to process the data")
    CLAIMS = "claims", _("the data are needed to establish, exercise or defend legal claims")
    FREEDOM = "freedom", _("freedom of expression and information")
    COMPELLING = "compelling", _("compelling legitimate grounds override")
    OTHERS = "others", _("it would harm the rights and freedoms of others")
    NO_RIGHT = "no_right", _("this right does not exist for what the data rest on")

    @property
    def citation(self) -> str:
        """Return the article."""
        return _CITATIONS[self]


_CITATIONS = {
    Ground.NOT_IDENTIFIED: "GDPR art. 11(2), 12(2)",
    Ground.UNFOUNDED: "GDPR art. 12(5)",
    Ground.EXCESSIVE: "GDPR art. 12(5)",
    Ground.LAW: "GDPR art. 17(3)(b)",
    Ground.CLAIMS: "GDPR art. 17(3)(e)",
    Ground.FREEDOM: "GDPR art. 17(3)(a)",
    Ground.COMPELLING: "GDPR art. 21(1)",
    Ground.OTHERS: "GDPR art. 15(4), 20(4)",
    Ground.NO_RIGHT: "GDPR art. 12(4)",
}

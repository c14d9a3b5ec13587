"""What the tables of applications hold (as processor), for `communities.personal_data`."""

from django.utils.translation import gettext_lazy as _

from perron.communities.applying.tables import Application, ApplicationEntry, Apprenticeship
from perron.privacy.declaring import Activity, Category, NotPersonal, Personal, Since, With

TABLES: tuple[Personal | NotPersonal, ...] = (
    NotPersonal(
        model=Apprenticeship,
        tenant="community__partner",
        columns="community guardian left",
        why="which community another one looks after",
    ),
    Personal(
        model=Application,
        tenant="commune__partner",
        activity=Activity.APPLICATIONS,
        subject="subject_id",
        subject_kind="address",
        label=_("Your applications to publish on a commune’s app"),
        columns={
            "subject_id": Category.EMAIL,
            "name": Category.ORGANISATION,
            "street": Category.ADDRESS,
            "postal_code": Category.ADDRESS,
            "locality": Category.ADDRESS,
            "website": Category.ORGANISATION,
            "hours": Category.ORGANISATION,
            "contact": Category.NAME,
            "email": Category.EMAIL,
            "why": Category.MESSAGE,
            "applied_at": Category.MESSAGE,
            "last_contact_at": Category.MESSAGE,
        },
        others="id reference commune platform kind language state",
        provided="name street postal_code locality website hours contact email why",
        words={
            "name": _("association or shop"),
            "street": _("street and number"),
            "postal_code": _("postal code"),
            "locality": _("locality"),
            "website": _("website"),
            "hours": _("opening hours"),
            "contact": _("your name"),
            "email": _("e-mail address"),
            "why": _("what you would like to publish"),
            "applied_at": _("when you applied"),
            "last_contact_at": _("last contact"),
        },
        context={"reference": _("reference"), "commune__slug": _("commune"), "state": _("answer")},
        clock=Since(column="last_contact_at", trigger="last_contact"),
    ),
    Personal(
        model=ApplicationEntry,
        tenant="application__commune__partner",
        activity=Activity.APPLICATIONS,
        subject="application__subject_id",
        subject_kind="address",
        label=_("What was said about them"),
        columns={"text": Category.MESSAGE, "at": Category.MESSAGE, "by": Category.NAME},
        others="id application kind letter",
        words={"text": _("message"), "at": _("when"), "by": _("who of the commune wrote it")},
        context={"application__reference": _("reference"), "kind": _("whose word")},
        of_others="by",
        clock=With(column="application"),
    ),
)

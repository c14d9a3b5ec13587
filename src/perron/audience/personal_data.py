from django.utils.translation import gettext_lazy as _

from perron.audience.models import PushEndpoint, Recipient, Subscription, Webhook
from perron.privacy.declaring import Activity, Category, Declarations, NoTenants, NotPersonal, Personal, Until, With

_ENDED_BY = (
    "perron.audience.leaving.forget",
    "perron.audience.leaving.forget_gone",
    "perron.audience.winding_down.end_those_of",
)

DECLARATIONS = Declarations(
    tables=(
        Personal(
            model=Recipient,
            tenant=NoTenants("person", "one address may hear from communities of several partners"),
            activity=Activity.SUBSCRIPTIONS,
            subject="subject_id",
            subject_kind="address",
            label=_("That you want to be sent news"),
            columns={
                "subject_id": Category.EMAIL,
                "email": Category.EMAIL,
                "channel": Category.ACCESS,
                "language": Category.ACCESS,
                "confirmed_at": Category.ACCESS,
                "quiet_from": Category.ACCESS,
                "quiet_until": Category.ACCESS,
                "extreme_passes": Category.ACCESS,
            },
            others="id",
            provided="email language quiet_from quiet_until extreme_passes",
            words={
                "email": _("e-mail address"),
                "channel": _("by"),
                "confirmed_at": _("when you confirmed your address"),
                "language": _("language"),
                "quiet_from": _("quiet hours from"),
                "quiet_until": _("quiet hours until"),
                "extreme_passes": _("extreme danger passes the quiet hours"),
            },
            clock=Until(trigger="unsubscribed", ended_by=_ENDED_BY),
        ),
        Personal(
            model=PushEndpoint,
            tenant=NoTenants("person", "of a recipient, who may hear from communities of several partners"),
            activity=Activity.SUBSCRIPTIONS,
            subject="recipient__subject_id",
            subject_kind="address",
            label=_("Where your device gets notifications"),
            columns={
                "endpoint": Category.IDENTIFIER,
                "p256dh": Category.IDENTIFIER,
                "auth": Category.IDENTIFIER,
            },
            others="recipient",
            provided="endpoint p256dh auth",
            words={
                "endpoint": _("address at the push service"),
                "p256dh": _("public key of the browser"),
                "auth": _("secret of the browser"),
            },
            clock=With(column="recipient"),
        ),
        Personal(
            model=Subscription,
            tenant="community__partner",
            activity=Activity.SUBSCRIPTIONS,
            subject="recipient__subject_id",
            subject_kind="address",
            label=_("What you want to be sent"),
            columns={
                "kinds": Category.ACCESS,
                "topics": Category.ACCESS,
                "areas": Category.ACCESS,
                "rhythm": Category.ACCESS,
                "since": Category.ACCESS,
            },
            others="id recipient community collected_since",
            provided="kinds topics areas rhythm",
            words={
                "kinds": _("kinds"),
                "topics": _("topics"),
                "areas": _("areas"),
                "rhythm": _("how often"),
                "since": _("since"),
            },
            context={"community__slug": _("community")},
            clock=With(column="recipient"),
        ),
        NotPersonal(
            model=Webhook,
            tenant="community__partner",
            columns="recipient community address secret former_secret former_until state failure failing_since "
            "taken_at",
            why="the server of an organisation; the secrets are encrypted",
        ),
    )
)

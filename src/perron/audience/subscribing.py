"""Subscribing by e-mail, with double opt-in: until the address is confirmed, the link that was sent holds the wish.

Whoever asks gets the same answer, whether the address is subscribed already or not.
"""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from perron.audience.choices import Choice, Rhythm, packed
from perron.audience.models import Channel, Recipient, Subscription
from perron.communities.agreements import service_is_covered
from perron.communities.models import Community
from perron.core.clock import now
from perron.core.errors import Gone, NotFound, Refused
from perron.core.language import LANGUAGES
from perron.core.mail_addresses import mail_address
from perron.letters import bounces, writing
from perron.letters.models import Letter
from perron.privacy.acting import SYSTEM, Actor
from perron.privacy.auditing import record
from perron.privacy.declaring import Activity
from perron.privacy.evidence import recording
from perron.privacy.policy.current import policy
from perron.privacy.subjects import of_address
from perron.privacy.tenancy.scope import as_program

LASTS = timedelta(days=2)
# So many letters a day go to one address that did not confirm: nobody fills a stranger's mailbox.
A_DAY = 3
# What was published this shortly before somebody turned to digests is not on its way to them yet.
_JUST_BEFORE = timedelta(minutes=1)
_SALT = "perron.audience.subscribing"
_KIND = "subscription-confirm"


@dataclass(frozen=True)
class Wish:
    """What a link says: who wants what of which community, in which language."""

    email: str
    community: Community
    choice: Choice
    language: str


def takes_subscriptions(community: Community) -> bool:
    """Say whether one can subscribe: the operator's policy has the activity, and the partner's contract covers it."""
    return policy().does(Activity.SUBSCRIPTIONS) and service_is_covered(community.partner, Activity.SUBSCRIPTIONS)


def ask(email: str, community: Community, choice: Choice, *, language: str, page: str) -> None:
    """Send the link with which the owner of `email` confirms. Raises `Refused` for what is no address, `NotFound`
    where nobody can subscribe; beyond three letters a day it does as if it had sent one.

    `page` is the address, with host, that reads the link's token behind it.
    """
    if not takes_subscriptions(community):
        raise NotFound(_("There is nothing at this address."))
    email = mail_address(email)
    with transaction.atomic():
        subject = of_address(email)
        lately = Letter.objects.filter(kind=_KIND, subject_id=subject.id, written_at__gt=now() - timedelta(days=1))
        if lately.count() >= A_DAY:
            return
        wanted = (choice.kinds, choice.topics, choice.areas, choice.rhythm)
        said = [email, str(community.pk), wanted, language, int(now().timestamp())]
        token = signing.dumps(said, salt=_SALT, compress=True)
        writing.write(
            _KIND,
            to=email,
            subject=subject,
            language=language,
            context={"link": f"{page}?{urlencode({'token': token})}", "community": community.name_in(language)},
            by=SYSTEM,
        )


@as_program
def subscriptions_of(recipient: Recipient) -> list[Subscription]:
    """Return what somebody subscribes to, of whichever partner, in the order in which they did."""
    return list(Subscription.stored.filter(recipient=recipient).select_related("community").order_by("since"))


def look(token: str) -> Wish:
    """Return what a link says, without confirming it. Raises `Gone` when it is too old, or none of ours."""
    try:
        email, community, (kinds, topics, areas, rhythm), language, at = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError) as error:
        raise Gone(_("This link is not complete. Copy all of it from the e-mail, or subscribe again.")) from error
    if at + LASTS.total_seconds() <= now().timestamp():
        raise Gone(_("This link is too old: it works for two days. Subscribe again."))
    found = Community.objects.select_related("partner").filter(pk=UUID(community)).first()
    if found is None or not takes_subscriptions(found):
        raise Gone(_("This community sends nothing by mail any more."))
    return Wish(email, found, Choice(tuple(kinds), tuple(topics), tuple(areas), rhythm), language)


@as_program
def confirm(token: str) -> Recipient:
    """Subscribe who has the link. Twice, or in two tabs at once, is as good as once; raises `Gone` as `look` does."""
    wish = look(token)
    with transaction.atomic():
        subject = of_address(wish.email)
        # Mail came back from there, and now a letter has arrived.
        bounces.lift(subject, by=Actor("address", subject.id))
        recipient, _new = Recipient.stored.get_or_create(
            subject_id=subject.id, defaults={"email": wish.email, "language": wish.language}
        )
        write_in(recipient, wish.language)
        take(recipient, wish.community, wish.choice)
    return recipient


def take(recipient: Recipient, community: Community, choice: Choice) -> None:
    """Have a recipient want this of a community, as the program and within the caller's transaction."""
    made, added = Subscription.stored.get_or_create(recipient=recipient, community=community)
    _choose(made, choice)
    made.save()
    if added:
        by = Actor("address", recipient.subject_id)
        record("subscribe", made, by=by, tenant=community.pk)
        about = {"community": str(community.pk), "policy": policy().version.in_force.isoformat()}
        recording.record("subscribe", recipient.subject, by=by, about=about)


@as_program
def write_in(recipient: Recipient, language: str) -> None:
    """Write to a recipient in this language from now on. Raises `Refused` for one that there is none of."""
    if language not in LANGUAGES:
        raise Refused(_("Choose among what is offered."))
    if recipient.language == language:
        return
    with transaction.atomic():
        Recipient.stored.filter(pk=recipient.pk).update(language=language)
        recipient.language = language
        record("choose language of messages", recipient, by=Actor("address", recipient.subject_id))


@as_program
def change(recipient: Recipient, community: Community, choice: Choice) -> None:
    """Let a recipient want something else of a community. Raises `Refused` where they do not subscribe to it."""
    with transaction.atomic():
        row = Subscription.stored.select_for_update().filter(recipient=recipient, community=community).first()
        if row is None:
            raise Refused(_("You are not subscribed to this community any more. Subscribe again on its page."))
        _choose(row, choice)
        row.save()
        record("change subscription", row, by=Actor("address", recipient.subject_id), tenant=community.pk)


def _choose(row: Subscription, choice: Choice) -> None:
    row.kinds, row.topics, row.areas = packed(choice.kinds), packed(choice.topics), packed(choice.areas)
    # Only mail comes as a digest.
    row.rhythm = choice.rhythm if row.recipient.channel == Channel.EMAIL else Rhythm.AT_ONCE
    # Who turns from digests to at once still gets the last of them.
    if row.rhythm != Rhythm.AT_ONCE and row.collected_since is None:
        row.collected_since = now() - _JUST_BEFORE

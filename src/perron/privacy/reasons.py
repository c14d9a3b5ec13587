"""Why somebody's data may not be used for an activity now: worked out for a whole batch at once."""

from collections.abc import Collection
from enum import StrEnum

from django.utils.translation import gettext as _

from perron.privacy import consents, objections, restrictions, standing
from perron.privacy.among import Keys
from perron.privacy.declaring import Activity
from perron.privacy.policy.current import policy
from perron.privacy.policy.values import Basis
from perron.privacy.subjects import Subject

# Art. 18(2) GDPR allows, in restriction, what serves legal claims; art. 12(2) obliges to facilitate rights: answering
# somebody about their rights goes on. The same holds after an account is closed.
ALWAYS = {Activity.RIGHTS}
# The grounds that hold for some and not for others. Whose data are in an activity that rests on a contract, a law or a
# controller's instructions are in it because of that.
_DEPENDS = {"legitimate_interest", "consent"}


class Reason(StrEnum):
    """Why there is no clearance; the first that holds, in this order."""

    NOT_DONE = "not_done"
    CLOSED = "closed"
    RESTRICTED = "restricted"
    OBJECTED = "objected"
    UNDER_AGE = "under_age"
    NO_CONSENT = "no_consent"
    NO_BASIS = "no_basis"

    @property
    def sentence(self) -> str:
        """What to tell who wanted to use the data, in the language at hand."""
        return {
            Reason.NOT_DONE: _("The operator's policy does not include this activity."),
            Reason.CLOSED: _("There is no open account; only matters of rights may still be written about."),
            Reason.RESTRICTED: _(
                "The data of this person are restricted: they are stored and not used (GDPR art. 18)."
            ),
            Reason.OBJECTED: _("This person objected to this use of their data (GDPR art. 21)."),
            Reason.UNDER_AGE: _("This person agreed without having reached the age for it (GDPR art. 8)."),
            Reason.NO_CONSENT: _("This person has not agreed to this, or has withdrawn it; ask them first."),
            Reason.NO_BASIS: _("The policy names no legal basis for doing this with this person's data."),
        }[self]


def find(subjects: Collection[Subject], activity: Activity, *, at_their_request: bool) -> dict[Subject, Reason]:
    """Return the reason against each subject that must be left alone; who is not in it is clear.

    The number of queries does not depend on the number of subjects.
    """
    if not policy().does(activity):
        return dict.fromkeys(subjects, Reason.NOT_DONE)
    bases = policy().activities[activity].bases
    if not bases:
        return dict.fromkeys(subjects, Reason.NO_BASIS)
    if activity in ALWAYS:
        return {}
    keys = Keys.of(subject.id for subject in subjects)
    depends = any(basis.ground in _DEPENDS for basis in bases)
    # As whom an address stands matters to the basis only; that an account is closed, always.
    known = standing.of(subjects, keys, asks=("person", "address") if depends else ("person",))
    checks = [_closed(known)]
    if not at_their_request:
        checks.append(_restricted(keys))
    if depends:
        checks.append(_without_basis(keys, activity, bases, known))
    found: dict[Subject, Reason] = {}
    for subject, key in zip(subjects, keys.values, strict=True):
        for against in checks:
            if key in against:
                found[subject] = against[key]
                break
    return found


type _Against = dict[str, Reason]


def _closed(known: standing.Standings) -> _Against:
    """Return the persons who closed their account, or have none (any more)."""
    return dict.fromkeys(set(known.by_kind["person"]).difference(*known.standing.values()), Reason.CLOSED)


def _restricted(keys: Keys) -> _Against:
    return dict.fromkeys(restrictions.among(keys), Reason.RESTRICTED)


def _without_basis(keys: Keys, activity: Activity, bases: Collection[Basis], known: standing.Standings) -> _Against:
    """Return those whom no basis of the activity reaches, or who objected and have not agreed since."""
    asks = any(basis.ground == "consent" for basis in bases)
    sorts = {sort for basis in bases if basis.ground != "consent" for sort in basis.subjects}
    reached = set().union(*(known.standing.get(sort, ()) for sort in sorts))
    objected = objections.among(keys, activity, known)
    strangers = [key for key in keys.values if key not in reached]
    against = _not_agreed(Keys(strangers), activity) if asks else dict.fromkeys(strangers, Reason.NO_BASIS)
    against |= dict.fromkeys(objected, Reason.OBJECTED)
    if asks and objected and (agreed := consents.latest(Keys(objected), activity)):
        # The later word of the two counts.
        since = objections.latest(Keys(agreed), activity)
        for key in agreed:
            if agreed[key] > since.get(key, agreed[key]):
                del against[key]
    return against


def _not_agreed(keys: Keys, activity: Activity) -> _Against:
    agreed = consents.among(keys, activity)
    against = dict.fromkeys((key for key in keys.values if key not in agreed), Reason.NO_CONSENT)
    if against:
        against |= dict.fromkeys(consents.under_age(Keys(against), activity), Reason.UNDER_AGE)
    return against

"""How a connected source stands, in words for whoever has thirty seconds: what is the matter, and what to do."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from perron.core.clock import now
from perron.publishing.models import Connection

_LATER = gettext_lazy("You need not do anything: it is tried again, ever more rarely. If it lasts, ask whoever runs "
                      "that site.")  # fmt: skip
_ADDRESS = gettext_lazy("Look for the address of the feed or calendar on that site, and connect it anew.")
# Why a poll failed and what to do about it, by code; "%(detail)s" is what goes with it.
_PROBLEMS = {
    "no_server": (gettext_lazy("There is no server of this name, or it cannot be found at the moment."), _LATER),
    "timeout": (gettext_lazy("The server takes too long to answer."), _LATER),
    "unreachable": (gettext_lazy("The server cannot be reached, or breaks off."), _LATER),
    "redirects": (gettext_lazy("The address leads on and on to others, and never to a feed."), _ADDRESS),
    "private": (gettext_lazy("The address leads into a private network now: it is not opened."), _ADDRESS),
    "packed": (gettext_lazy("The server packs the file in a way that was not asked for."), _LATER),
    "gone": (gettext_lazy("The server says that the source is gone for good. It is not asked any more."), _ADDRESS),
    "web_page": (gettext_lazy("There is a web page at the address now instead of a feed."), _ADDRESS),
    "changed_type": (
        gettext_lazy("There is something else at the address now (%(detail)s). Nothing was changed here."),
        gettext_lazy("If that is meant, disconnect the source and connect it anew."),
    ),
    "too_large": (
        gettext_lazy("The source is larger than what is taken from one source."),
        gettext_lazy("Ask whoever runs that site for a feed of the newest entries only."),
    ),
    "no_list": (
        gettext_lazy("The list is no longer where it was."),
        gettext_lazy("Say where its list is now, or connect it anew: then you see what it holds."),
    ),
    "unreadable": (
        gettext_lazy("What the source sends cannot be read."),
        gettext_lazy("Tell whoever runs that site. Until then everything here stays as it is."),
    ),
}  # fmt: skip
_STATUSES = {
    "401": gettext_lazy("The server asks for a password now."),
    "403": gettext_lazy("The server does not let us in."),
    "404": gettext_lazy("There is nothing at the address any more."),
    "429": gettext_lazy("The server asks us to come back later."),
}


@dataclass(frozen=True)
class Health:
    """`state` is "well", "new", "stale", "held", "failing", "gone" or "paused"; `needs_you` if somebody should act."""

    state: str
    sentence: str
    advice: str = ""
    needs_you: bool = False


def health(connection: Connection) -> Health:
    """Return how a source stands, the worst first."""
    if connection.paused == Connection.Pause.GONE:
        sentence, advice = explained("gone", "")
        return Health("gone", sentence, advice, needs_you=True)
    if connection.paused:
        return Health("paused", _("Paused: nothing new comes in."), _("Resume it when you want it again."))
    if connection.held_at:
        return _held(connection)
    if connection.failing_since:
        sentence, advice = explained(connection.problem, connection.detail)
        return Health("failing", sentence, advice, needs_you=advice != str(_LATER))
    return _working(connection)


def explained(code: str, detail: str) -> tuple[str, str]:
    """Return why a poll failed, and what to do about it, in the language of the moment."""
    if code == "status":
        unknown = _("The server answers with an error (%(detail)s).") % {"detail": detail}
        return str(_STATUSES.get(detail, unknown)), str(_ADDRESS if detail == "404" else _LATER)
    sentence, advice = _PROBLEMS.get(code, (gettext_lazy("Something went wrong here while it was read."), _LATER))
    return str(sentence) % {"detail": detail}, str(advice)


def _working(connection: Connection) -> Health:
    if connection.succeeded_at is None:
        return Health("new", _("It has not been read yet. That happens within a minute."))
    if connection.stale_after and connection.stale_after < now():
        return Health(
            "stale",
            _("It works, but nothing new has come for unusually long."),
            _("Look whether that site still publishes there; it may have another address by now."),
            needs_you=True,
        )
    return Health("well", _("It works."))


def _held(connection: Connection) -> Health:
    many = ngettext(
        "The source lost %(lost)d of its %(all)d entry.", "The source lost %(lost)d of its %(all)d entries.",
        connection.lost_of,
    )  # fmt: skip
    return Health(
        "held",
        many % {"lost": connection.lost, "all": connection.lost_of},
        _("Nothing was withdrawn: that is often a mistake there. Decide what becomes of the items here."),
        needs_you=True,
    )

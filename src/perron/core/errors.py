"""What can be refused, under one base. The doors decide once how each is shown (`screens.problems`)."""

from typing import ClassVar


class PerronError(Exception):
    """A refusal that a person can understand.

    `message` is a translated sentence; `status` is the HTTP status that a door answers with.
    """

    status: ClassVar[int] = 400

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Refused(PerronError):
    """The input cannot be taken as it is."""

    status = 422


class NotAllowed(PerronError):
    """The acting person may not do this."""

    status = 403


class NotFound(PerronError):
    """There is no such thing, or not for this person."""

    status = 404


class Gone(PerronError):
    """It was there, and was taken away on purpose."""

    status = 410


class Conflict(PerronError):
    """Somebody else changed it in the meantime; nothing was overwritten."""

    status = 409


class TooLarge(PerronError):
    """The input exceeds a stated limit."""

    status = 413


class NotStored(PerronError):
    """The files could not be written; nothing of them was kept."""

    status = 507


class TooMany(PerronError):
    """Too much came from one address; after `seconds` it may go on (RFC 6585 §4)."""

    status = 429

    def __init__(self, message: str, *, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds

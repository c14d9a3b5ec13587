"""What was typed is not lost when saving it is refused: a role ended meanwhile, or a session."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from perron.core.errors import NotAllowed

type View = Callable[..., HttpResponseBase]
# What somebody writes; the rest of the form is quickly filled in again.
_WRITTEN = ("title_", "summary_", "body_", "instructions_", "correction_")


def keeping_words(view: View) -> View:
    """Answer a refused POST of the editor with its sentence and with what was typed, to be copied."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        if not request.user.is_authenticated:
            return _shown(request, _("You are signed out: nothing was saved. Copy what you wrote, and sign in again."))
        try:
            return view(request, *args, **kwargs)
        except NotAllowed as refusal:
            return _shown(request, refusal.message)
        except Http404:
            return _shown(
                request,
                _("You may not write here any more, or the item is gone: nothing was saved. Copy what you wrote."),
            )

    return guarded


def _shown(request: HttpRequest, sentence: str) -> HttpResponseBase:
    written = (str(request.POST[name]).strip() for name in request.POST if name.startswith(_WRITTEN))
    words = list(filter(None, written))
    return render(request, "studio/refused.html", {"refusal": sentence, "words": words}, status=403)

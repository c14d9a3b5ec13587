"""Taking a partner in by its archive: looked through first, nothing of it kept; then, with the same file, for good."""

import hashlib
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from perron.communities.access import requires, strongly_signed_in
from perron.communities.permissions import FOUND
from perron.desk.asking import DeskForm, actor
from perron.publishing.handing_over.taking_in import Taken, take_in

# It is done within the request; what is larger goes through `perron partner import`.
MOST_BYTES = 100_000_000
_MOST_ADDRESSES = 2_000
_PIECE = 1 << 20


class ArchiveForm(DeskForm):
    """The file, and other addresses for what is taken here."""

    file = forms.FileField(
        label=gettext_lazy("The archive"),
        help_text=gettext_lazy(
            "A zip of at most 100 MB from another installation. Larger ones are taken in on the server."
        ),
        widget=forms.FileInput(attrs={"accept": "application/zip,.zip"}),
        error_messages={"required": gettext_lazy("Choose the archive."), "empty": gettext_lazy("This file is empty.")},
    )
    renamed = forms.CharField(
        label=gettext_lazy("Other addresses"),
        required=False,
        max_length=_MOST_ADDRESSES,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "Only where an address of the partner, a platform or a community is taken here: one on each line, as "
            "liege=liege-too."
        ),
    )
    # Of the file that was looked through: another one is looked through first.
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def clean_file(self) -> Any:
        """Refuse what is too large to be done at once."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file has more than %(most)d MB.") % {"most": MOST_BYTES // 1_000_000})
        return file

    def clean_renamed(self) -> dict[str, str]:
        """Return `{taken: new}`."""
        lines = list(filter(None, (line.strip() for line in self.cleaned_data["renamed"].splitlines())))
        pairs = dict(line.split("=", 1) for line in lines if "=" in line)
        if len(pairs) != len(lines):
            raise forms.ValidationError(_("Write each on a line of its own, with = between the two addresses."))
        return {taken.strip(): new.strip() for taken, new in pairs.items()}


@strongly_signed_in
@requires(FOUND)
def archive(request: HttpRequest) -> HttpResponse:
    """Look an archive through and show what is in it; take in the one that was looked through."""
    posted = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = ArchiveForm(*posted)
    found: Taken | None = None
    digest = ""
    if form.is_valid():
        file, renamed = form.cleaned_data["file"], form.cleaned_data["renamed"]
        digest = _digest(file)
        for_good = form.cleaned_data["seen"] == digest
        found = form.do(lambda: take_in(file, by=actor(request), renamed=renamed, for_good=for_good))
        if found and for_good:
            messages.success(
                request,
                _("%(name)s is here. Invited: %(number)d.") % {"name": found.partner, "number": len(found.invited)},
            )
            for note in found.notes:
                messages.warning(request, note)
            return redirect("desk:partner", found.partner.slug)
    context = {"form": form, "found": found, "digest": digest, "rows": _rows(found) if found else []}
    return render(request, "desk/taking_in.html", context, status=422 if form.errors else 200)


def _rows(found: Taken) -> list[tuple[str, int]]:
    """Return how much there is of what people know by name."""
    named = {
        _("Platforms"): "communities.platform",
        _("Communities"): "communities.community",
        _("Items"): "publishing.item",
        _("Applications"): "communities.application",
        _("Sources, paused"): "publishing.connection",
    }
    return [(name, found.rows.get(table, 0)) for name, table in named.items()]


def _digest(file: Any) -> str:
    digest = hashlib.sha256()
    for piece in file.chunks(_PIECE):
        digest.update(piece)
    file.seek(0)
    return digest.hexdigest()

"""The account's own page: who somebody is, what they may do, and the ways on. Their photo is served to them alone."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from perron.accounts import portraits
from perron.accounts.changing_address import waiting
from perron.accounts.models import Person, Portrait
from perron.accounts.naming import LONGEST_NAME
from perron.accounts.rectifying import rectify
from perron.communities.access import signed_in
from perron.communities.membership import roles_of
from perron.core.errors import NotFound, PerronError, Refused
from perron.core.language import NAMES
from perron.screens.own_posts import own_posts


class ProfileForm(forms.Form):
    """What somebody is called, and the language they read."""

    use_required_attribute = False
    first_name = forms.CharField(label=gettext_lazy("First name"), required=False, max_length=LONGEST_NAME,
                                 widget=forms.TextInput(attrs={"autocomplete": "given-name"}))  # fmt: skip
    name = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=LONGEST_NAME,
                           widget=forms.TextInput(attrs={"autocomplete": "family-name"}))  # fmt: skip
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=list(NAMES.items()))


class PhotoForm(forms.Form):
    """A picture to upload."""

    use_required_attribute = False
    photo = forms.FileField(
        label=gettext_lazy("Choose a picture"),
        help_text=gettext_lazy("JPEG, PNG or WebP. It is cut to a square; where it was taken is not kept."),
        error_messages={"required": gettext_lazy("Choose a picture first.")},
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )


@own_posts
@signed_in
def profile(request: HttpRequest) -> HttpResponse:
    """Show the account, and take what its person corrects."""
    person = _person(request)
    known = {column: getattr(person, column) for column in ProfileForm.base_fields}
    form = ProfileForm(request.POST if request.method == "POST" else None, initial=known)
    if form.is_valid() and _corrected(person, form):
        with translation.override(person.language):
            messages.success(request, _("Saved."))
        return redirect("account:profile")
    return _page(request, form=form)


@own_posts
@require_POST
@signed_in
def photo(request: HttpRequest) -> HttpResponse:
    """Take a picture as the photo of the profile, or take the photo away."""
    person = _person(request)
    if "remove" in request.POST:
        portraits.take_away(person, by=person.actor)
        messages.success(request, _("Your photo is deleted."))
        return redirect("account:profile")
    form = PhotoForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            portraits.show(person, form.cleaned_data["photo"], by=person.actor)
        except PerronError as refusal:
            form.add_error("photo", refusal.message)
        else:
            messages.success(request, _("Your photo is saved."))
            return redirect("account:profile")
    return _page(request, photo_form=form)


@signed_in
def photo_file(request: HttpRequest, portrait: UUID) -> FileResponse:
    """Answer with the photo of who asks; nobody else's is there for them."""
    found = Portrait.objects.filter(pk=portrait, person=_person(request)).first()
    try:
        file = default_storage.open(found.file) if found else None
    except FileNotFoundError:
        file = None
    if file is None:
        raise NotFound(_("There is no such file here."))
    return FileResponse(file, content_type="image/webp")


def _page(request: HttpRequest, *, form: Any = None, photo_form: PhotoForm | None = None) -> HttpResponse:
    person = _person(request)
    known = {column: getattr(person, column) for column in ProfileForm.base_fields}
    wrong = next((one for one in (form, photo_form) if one is not None and one.errors), None)
    context = {
        "person": person,
        "form": wrong,
        "profile_form": form or ProfileForm(None, initial=known),
        "photo_form": photo_form or PhotoForm(),
        "portrait": portraits.of(person),
        "roles": roles_of(person),
        "waiting": waiting(person),
    }
    return render(request, "account/own/profile.html", context, status=422 if wrong else 200)


def _corrected(person: Person, form: ProfileForm) -> bool:
    try:
        rectify(person, by=person.actor, **form.cleaned_data)
    except Refused as refusal:
        form.add_error(None, refusal.message)
        return False
    return True


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)
    return request.user

"""Data and rights: the page where everybody begins, and the link that opens it to those without an account."""

from dataclasses import dataclass

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from perron.account.identified import identify, subjects_of
from perron.accounts.models import Person
from perron.communities.access import anyone
from perron.core.errors import Gone, Refused
from perron.core.language import LANGUAGES
from perron.privacy.policy.current import policy
from perron.privacy.policy.texts import RightTexts, texts
from perron.privacy.requests import links
from perron.privacy.requests.tables import Kind
from perron.privacy.subjects import Subject
from perron.screens.limits import SENDING, limited
from perron.screens.own_posts import own_posts


@dataclass(frozen=True)
class Asker:
    """Who asks, as they are identified; `subjects` is empty for nobody."""

    subjects: tuple[Subject, ...]
    name: str = ""
    email: str = ""
    first_name: str = ""
    # Came by a link, and the address has an account, which only signing in opens.
    has_account_besides: bool = False

    @property
    def has_account(self) -> bool:
        """Say whether they are signed in."""
        return bool(self.subjects) and self.subjects[0].kind == "person"


class AddressForm(forms.Form):
    """Where to send the link."""

    use_required_attribute = False
    email = forms.CharField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        help_text=gettext_lazy(
            "We send a link to this address. Who opens it there has shown that the address is theirs."
        ),
        error_messages={"required": gettext_lazy("Write the address that your request is about.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"}),
    )


@own_posts
@anyone
@limited(SENDING)
def start(request: HttpRequest) -> HttpResponse:
    """Say what can be asked and what happens then, and let people show who they are; who has, goes on to their data."""
    asker = asker_of(request)
    if asker.subjects:
        return redirect("account:data")
    wish = request.POST.get("wish", request.GET.get("wish", ""))
    form = AddressForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _sent(request, form, wish):
        return render(request, "account/rights/sent.html", {"minutes": int(links.LASTS.total_seconds() // 60)})
    context = {
        "asker": asker,
        "form": form,
        "wish": wish if wish in Kind.values else "",
        "rights": [(kind, right_texts(kind)) for kind in Kind],
        "policy": policy(),
    }
    return render(request, "account/rights/start.html", context, status=422 if form.errors else 200)


@own_posts
@anyone
def link(request: HttpRequest) -> HttpResponse:
    """Show the button of a mailed link; pressing it opens the page for whose address it is."""
    token = request.POST.get("token", request.GET.get("token", ""))
    try:
        opened = links.look(token)
        if request.method == "POST":
            subject, opened = links.redeem(token)
            identify(request, subject)
            return redirect("account:right", opened.wish) if opened.wish else redirect("account:data")
    except Gone as refusal:
        return render(request, "account/rights/link.html", {"refusal": refusal.message}, status=refusal.status)
    return render(request, "account/rights/link.html", {"email": opened.email, "token": token})


@require_POST
@own_posts
@anyone
def leave(request: HttpRequest) -> HttpResponse:
    """End the session of somebody who came by a link."""
    if not request.user.is_authenticated:
        request.session.flush()
    return redirect("account:rights")


def asker_of(request: HttpRequest) -> Asker:
    """Return who asks."""
    subjects = subjects_of(request)
    if subjects and isinstance(request.user, Person):
        return Asker(subjects, request.user.name, request.user.email, request.user.first_name)
    if not subjects:
        return Asker(())
    email = links.email_of(subjects[0])
    return Asker(subjects, email=email, has_account_besides=Person.objects.filter(email=email.lower()).exists())


def right_texts(kind: Kind) -> RightTexts:
    """Return what the policy says of a right, in the language of the page; a complaint is one to the operator."""
    if kind == Kind.COMPLAINT:
        return RightTexts(
            name=_("Complaint to us"),
            text=_("Something went wrong with your data? Tell us; we answer. You can also go to the authority."),
        )
    return texts(get_language() or LANGUAGES[0]).right(kind)


def _sent(request: HttpRequest, form: AddressForm, wish: str) -> bool:
    page = request.build_absolute_uri(reverse("account:rights-link"))
    try:
        links.ask(form.cleaned_data["email"], page=page, language=get_language() or LANGUAGES[0], wish=wish)
    except Refused as refusal:
        form.add_error("email", refusal.message)
        return False
    return True

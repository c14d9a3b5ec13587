"""The webhooks of a community: which servers are told of what it releases, how each fares, and what can be done."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from perron.accounts.models import Person
from perron.audience import webhooks
from perron.audience.choices import KINDS, Choice, chosen, unpacked
from perron.audience.failing import failure_in_words
from perron.audience.models import Subscription, Webhook
from perron.audience.subscribing import takes_subscriptions
from perron.communities.access import powers, requires
from perron.communities.models import Community, Topic
from perron.communities.permissions import KEEP_WEBHOOKS
from perron.core.errors import NotFound, PerronError
from perron.core.language import NAMES
from perron.delivery.trying import try_webhook
from perron.privacy.acting import Actor
from perron.publishing.kinds.registry import KINDS as KNOWN


class WantedForm(forms.Form):
    """Asks of what a server is told."""

    language = forms.ChoiceField(label=gettext_lazy("Language of the texts"), widget=forms.RadioSelect)
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Kinds"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None ticked: all. Alerts always come."),
    )  # fmt: skip
    topics = forms.MultipleChoiceField(
        label=gettext_lazy("Topics"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None ticked: all."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, community: Community, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial={"language": community.languages[0]} | (initial or {}))
        offered: dict[str, Any] = {
            "language": [(code, NAMES[code]) for code in community.languages],
            "kinds": [(kind, KNOWN[kind].plural) for kind in KINDS],
            "topics": [(topic.slug, str(topic)) for topic in Topic.objects.all()],
        }
        for name, choices in offered.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def choice(self) -> Choice:
        """Return the answers; only after `is_valid()`."""
        return chosen(self.cleaned_data["kinds"], self.cleaned_data["topics"])


class BeginForm(WantedForm):
    """Asks where the server is as well."""

    address = forms.CharField(
        label=gettext_lazy("Address that is called"), max_length=500,
        help_text=gettext_lazy("It begins with https://. Whoever looks after the server knows it."),
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Give the address.")},
    )  # fmt: skip
    field_order = ("address", "language", "kinds", "topics")


@requires(KEEP_WEBHOOKS)
def listing(request: HttpRequest, community: Community) -> HttpResponse:
    """List the webhooks."""
    found = Webhook.objects.filter(community=community).order_by("address")
    context = {
        "rows": [(each, failure_in_words(each.failure)) for each in found],
        "is_possible": takes_subscriptions(community),
    }
    return _shown(request, community, "listing", context)


@requires(KEEP_WEBHOOKS)
def begin(request: HttpRequest, community: Community) -> HttpResponse:
    """Ask for an address, keep it, and show the secret once."""
    form = BeginForm(request.POST if request.method == "POST" else None, community=community)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        said = form.cleaned_data
        try:
            made, secret = webhooks.begin(
                community, said["address"], form.choice(), language=said["language"], by=_actor(request)
            )
        except PerronError as error:
            form.add_error("address", error.message)
            status = error.status
        else:
            return _shown(request, community, "secret", {"webhook": made, "secret": secret, "is_new": True})
    return _shown(request, community, "new", {"form": form}, status)


@requires(KEEP_WEBHOOKS)
def one(request: HttpRequest, community: Community, webhook: UUID) -> HttpResponse:
    """Show one webhook, and do what its buttons say."""
    found = _find(community, webhook)
    deed = request.POST.get("deed", "")
    form = WantedForm(request.POST if deed == "change" else None, community=community, initial=_wanted(found))
    if deed == "renew":
        secret = webhooks.renew_secret(found, by=_actor(request))
        return _shown(request, community, "secret", {"webhook": found, "secret": secret})
    if deed == "change" and form.is_valid():
        webhooks.change(found, form.choice(), language=form.cleaned_data["language"], by=_actor(request))
        messages.success(request, _("Saved."))
        return redirect("studio:webhook", community.slug, webhook)
    if request.method == "POST" and deed != "change":
        _do(deed, found, request)
        where = ("studio:webhooks", community.slug) if deed == "end" else ("studio:webhook", community.slug, webhook)
        return redirect(*where)
    context = {"webhook": found, "why": failure_in_words(found.failure), "form": form}
    return _shown(request, community, "one", context, 422 if form.is_bound else 200)


def _do(deed: str, webhook: Webhook, request: HttpRequest) -> None:
    """Do what a button says, and say what came of it."""
    by = _actor(request)
    if deed == "test":
        failure = try_webhook(webhook, by=by)
        if failure:
            messages.warning(request, _("It did not arrive. %(why)s") % {"why": failure_in_words(failure)})
        else:
            messages.success(request, _("It arrived: the server took it."))
        return
    verbs = {
        "pause": (webhooks.pause, _("Paused.")),
        "resume": (webhooks.resume, _("Switched on.")),
        "end": (webhooks.end, _("Ended. The server is not called any more.")),
    }
    if deed not in verbs:
        raise NotFound(_("There is no such thing to do."))
    verb, sentence = verbs[deed]
    verb(webhook, by=by)
    messages.success(request, sentence)


def _find(community: Community, key: UUID) -> Webhook:
    found = Webhook.objects.filter(community=community, pk=key).select_related("recipient", "community").first()
    if found is None:
        raise NotFound(_("This webhook was ended."))
    return found


def _wanted(webhook: Webhook) -> dict[str, Any]:
    wanted = Subscription.stored.get(recipient=webhook.pk)
    return {
        "language": webhook.recipient.language,
        "kinds": unpacked(wanted.kinds),
        "topics": unpacked(wanted.topics),
    }


def _shown(
    request: HttpRequest, community: Community, page: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    always = {"community": community, "powers": powers(request.user, community)}
    return render(request, f"studio/webhooks/{page}.html", always | context, status=status)


def _actor(request: HttpRequest) -> Actor:
    assert isinstance(request.user, Person)
    return request.user.actor

"""Topics: one list for the whole installation."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from perron.communities.access import requires
from perron.communities.describing import describe_topic
from perron.communities.founding import found_topic, remove_topic
from perron.communities.models import Topic
from perron.communities.permissions import KEEP_TOPICS
from perron.desk.asking import NamesForm, actor


class TopicForm(NamesForm):
    """How a topic is called and where it stands in the list."""

    slug = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=50,
        help_text=gettext_lazy("For example culture. Lower-case letters, digits, hyphens. It stays: feeds lead there."),
        error_messages={"required": gettext_lazy("Write an address for the topic.")},
    )
    position = forms.IntegerField(
        label=gettext_lazy("Place in the list"),
        min_value=0,
        max_value=1000,
        initial=0,
        error_messages={
            "required": gettext_lazy("Write a number from 0 to 1000."),
            "invalid": gettext_lazy("Write a number from 0 to 1000."),
        },
    )

    def columns(self) -> dict[str, Any]:
        """Return what both rules take."""
        return {"names": self.names(), "position": self.cleaned_data["position"]}


@requires(KEEP_TOPICS)
def new(request: HttpRequest) -> HttpResponse:
    """Add a topic."""
    form = TopicForm(request.POST if request.method == "POST" else None, initial={"position": Topic.objects.count()})
    if form.done(lambda: found_topic(by=actor(request), slug=form.cleaned_data["slug"], **form.columns())):
        messages.success(request, _("Editors can use this topic now."))
        return redirect("desk:home")
    return render(request, "desk/topic.html", {"form": form}, status=422 if form.is_bound else 200)


@requires(KEEP_TOPICS)
def edit(request: HttpRequest, topic: str) -> HttpResponse:
    """Rename or move a topic, or remove it while nothing uses it."""
    found = get_object_or_404(Topic, slug=topic)
    data = request.POST if request.method == "POST" else None
    form = TopicForm(data, names=found.names, initial={"position": found.position})
    del form.fields["slug"]
    if data is not None and "remove" in data:
        remove_topic(found, by=actor(request))
        messages.success(request, _("The topic is removed."))
        return redirect("desk:home")
    if form.done(lambda: describe_topic(found, by=actor(request), **form.columns())):
        messages.success(request, _("Saved. Residents see it now."))
        return redirect("desk:home")
    return render(request, "desk/topic.html", {"form": form, "topic": found}, status=422 if form.is_bound else 200)

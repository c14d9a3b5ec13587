"""Every address, door by door. The residents' door comes last: it answers to any community's name."""

from django.urls import include, path

urlpatterns = [
    path("account/", include("perron.account.urls")),
    path("studio/", include("perron.studio.urls")),
    path("desk/", include("perron.desk.urls")),
    path("", include("perron.reader.urls")),
]

handler400 = "perron.project.refusals.bad_request"
handler403 = "perron.screens.problems.not_allowed"
handler404 = "perron.screens.problems.not_found"
handler500 = "perron.project.refusals.broken"

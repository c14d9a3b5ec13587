from allauth.account import views
from django.urls import include, path, re_path
from django.views.decorators.http import require_POST

from perron.account import choosing, data, own_requests, rights, transfers, wishing
from perron.communities.access import anyone

own = (
    [
        path("language/", choosing.language, name="language"),
        path("rights/", rights.start, name="rights"),
        path("rights/link/", rights.link, name="rights-link"),
        path("rights/leave/", rights.leave, name="rights-leave"),
        path("rights/requests/<slug:reference>/", own_requests.one, name="request"),
        path("rights/requests/<slug:reference>/withdraw/", own_requests.withdraw, name="request-withdraw"),
        path("rights/requests/<slug:reference>/archive/", own_requests.archive, name="request-archive"),
        path("rights/<slug:kind>/", wishing.right, name="right"),
        path("data/", data.mine, name="data"),
        path("data/copy/", data.copy, name="data-copy"),
        path("data/send/", transfers.send, name="data-send"),
        path("data/receive/", transfers.receive, name="data-receive"),
        path("data/received/<uuid:reception>/", transfers.received, name="data-received"),
        path("data/received/<uuid:reception>/file/", transfers.received_file, name="data-received-file"),
        path("transfers/<str:token>", transfers.incoming, name="incoming"),
    ],
    "account",
)

urlpatterns = [
    path("sign-in/", anyone(views.LoginView.as_view(template_name="account/sign_in.html")), name="account_login"),
    # A link that signs out would let any site sign people out: only the button does.
    path("sign-out/", anyone(require_POST(views.LogoutView.as_view())), name="account_logout"),
    path("password/", anyone(views.PasswordResetView.as_view()), name="account_reset_password"),
    path("password/sent/", anyone(views.PasswordResetDoneView.as_view()), name="account_reset_password_done"),
    path(
        "password/chosen/",
        anyone(views.PasswordResetFromKeyDoneView.as_view()),
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        anyone(views.PasswordResetFromKeyView.as_view()),
        name="account_reset_password_from_key",
    ),
    path("", include(own)),
]

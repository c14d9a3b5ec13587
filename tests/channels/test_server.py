import pytest

from perron.channels.email.server import Server, read_server


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.org", Server("mail.example.org", 587, "starttls")),
        ("smtp://anne:a%40b%2Fc@mail.example.org:2525?tls=starttls",
         Server("mail.example.org", 2525, "starttls", "anne", "a@b/c")),
        ("smtps://key@mail.example.org", Server("mail.example.org", 465, "implicit", "key")),
        ("smtp://localhost?tls=none", Server("localhost", 25, "none")),
        ("smtp://[::1]:1025?tls=none", Server("::1", 1025, "none")),
    ],
)  # fmt: skip
def test_an_address_of_a_mail_server_is_read(url: str, server: Server) -> None:
    assert read_server(url) == server


@pytest.mark.parametrize(
    "url",
    ["mail.example.org", "http://mail.example.org", "smtp://", "smtp://mail.example.org/path", "smtp://h:port",
     "smtp://mail.example.org?tls=none", "smtp://mail.example.org?tls=maybe", "smtps://mail.example.org?tls=starttls",
     "smtp://mail.example.org?verify=no"],
)  # fmt: skip
def test_what_is_wrong_is_said_without_the_password(url: str) -> None:
    secret = url.replace("://", "://anne:hunter2@", 1)
    with pytest.raises(ValueError, match=r"write|smtps|encrypted|known|starttls") as refusal:
        read_server(secret)
    assert "hunter2" not in str(refusal.value)
    assert "hunter2" not in repr(Server("h", 25, "none", "anne", "hunter2"))

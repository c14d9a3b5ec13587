"""Where to report a weakness: `security.txt` (RFC 9116), from the policy's own facts."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from perron.communities import versions
from perron.communities.hosting import address_of, platform_of
from perron.core.clock import next_midnight
from perron.core.language import LANGUAGES
from perron.privacy.declaring import Activity
from perron.privacy.policy.current import policy
from perron.reader.public import at_the_edge, public
from perron.reader.website.truth import next_change

PATH = "/.well-known/security.txt"
# Less than a year is asked for (§2.5.5); it is made anew every day.
_HOLDS = timedelta(days=180)


@at_the_edge()
def security_txt(request: HttpRequest) -> HttpResponse:
    """Say whom to write to about a weakness of this site, in which languages, and until when that holds."""
    platform, midnight = platform_of(request), next_midnight()
    here = address_of(platform) if platform.host or platform.is_front else settings.PERRON_ORIGIN
    lines = [
        f"Contact: mailto:{policy().operator.email}",
        *([f"Contact: {here}/en/contact/"] if policy().does(Activity.CONTACT) else []),
        f"Expires: {(midnight + _HOLDS).strftime('%Y-%m-%dT%H:%M:%SZ')}",
        f"Preferred-Languages: {', '.join(LANGUAGES)}",
        f"Canonical: {here}{PATH}",
        f"Policy: {here}/en/privacy/",
        "",
    ]
    response = HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
    until = min(filter(None, [midnight, next_change()]))
    return public(response, on=[versions.of_platform(platform)], until=until)

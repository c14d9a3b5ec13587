"""The web process: the edge, static files, Django."""

import os
import re
from wsgiref.headers import Headers

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from whitenoise import WhiteNoise

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "perron.project.settings")
_django = get_wsgi_application()

# Models can be imported only now.
from perron.communities import versions  # noqa: E402
from perron.communities.hosting import PathPlatforms  # noqa: E402
from perron.privacy.tenancy.scope import process_acts_for_nobody  # noqa: E402
from perron.project.edge.counting import Tally  # noqa: E402
from perron.project.edge.layer import Edge  # noqa: E402
from perron.project.edge.limiting import Limits  # noqa: E402
from perron.project.edge.negotiating import decided  # noqa: E402
from perron.statistics import counting  # noqa: E402

# What the command that started this process may do, its pages may not.
process_acts_for_nobody()

# A name with the hash of the content in it, as the manifest storage gives.
_HASHED = re.compile(r"\.[0-9a-f]{12}\.[^/.]+$")


def _harden(headers: Headers, _path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if _HASHED.search(url):
        # Weak, because WhiteNoise sends the same one for every encoding.
        headers["ETag"] = f'W/"{url.rsplit("/", 1)[1]}"'


_with_files = WhiteNoise(
    PathPlatforms(_django),
    root=str(settings.STATIC_ROOT),
    prefix=settings.STATIC_URL,
    allow_all_origins=False,
    immutable_file_test=_HASHED.pattern,
    add_headers_function=_harden,
)
_behind = decided(_with_files)
_edge = Edge(
    _behind,
    read_versions=versions.current,
    tally=Tally(counting.add),
    memory=settings.PERRON_EDGE_MEMORY,
    secure=settings.SECURE_SSL_REDIRECT,
)
application = Limits(_edge, _behind)

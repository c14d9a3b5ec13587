"""The settings of an installation that may send copies to another one on the same machine, without TLS."""

from perron.project.settings import *  # noqa: F403 all of them

PERRON_TRANSFER_NETWORKS = ["127.0.0.1/32"]

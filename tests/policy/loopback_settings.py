"""The settings of an installation that may send copies to, and read sources from, its own machine, without TLS."""

from perron.project.settings import *  # noqa: F403 all of them

PERRON_TRANSFER_NETWORKS = ["127.0.0.1/32"]
PERRON_SOURCE_NETWORKS = ["127.0.0.0/8"]

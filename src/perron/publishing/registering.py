"""What others learn of this package when there are models: what goes along when a partner leaves."""

from perron.publishing.handing_over.own import register_own

register_own()

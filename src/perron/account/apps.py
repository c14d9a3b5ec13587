from django.apps import AppConfig


class AccountConfig(AppConfig):
    """The package `account`."""

    name = "perron.account"
    label = "perron_account"  # "account" is allauth's

from itertools import chain

from django.core.exceptions import ImproperlyConfigured

from perron.privacy.gate.activities import activity_gaps
from perron.privacy.gate.clocks import clock_gaps
from perron.privacy.gate.columns import table_gaps
from perron.privacy.gate.facts import fact_gaps
from perron.privacy.gate.places import store_gaps
from perron.privacy.gate.restricted import restriction_gaps
from perron.privacy.gate.tenants import tenant_gaps
from perron.privacy.policy import current
from perron.privacy.policy.reading import BadPolicy
from perron.privacy.policy.values import Policy


def keep() -> None:
    """Raise `ImproperlyConfigured`, with one line for each gap and its remedy, unless the program keeps its policy."""
    if gaps := find_gaps():
        raise ImproperlyConfigured("The gate is closed:\n" + "\n".join(f"- {gap}" for gap in gaps))


def find_gaps(policy: Policy | None = None) -> list[str]:
    """Return one sentence for each gap between program and policy: the version in force, or the one given."""
    gaps = [*table_gaps(), *store_gaps(), *restriction_gaps(), *tenant_gaps()]
    try:
        agreed = policy or current.policy()
    except BadPolicy as error:
        return [*gaps, *str(error).splitlines()]
    found = chain(fact_gaps(agreed), activity_gaps(agreed), clock_gaps(agreed))
    return [*gaps, *(with_file(gap, agreed) for gap in found)]


def with_file(gap: str, policy: Policy) -> str:
    """Return a finding about a policy with the file in which to repair it."""
    return f"{policy.folder / 'policy.toml'}: {gap.removeprefix('policy: ')}" if gap.startswith("policy: ") else gap

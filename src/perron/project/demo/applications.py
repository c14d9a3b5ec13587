"""Who applied to the demo's communes: a club that waits in Eupen."""

from perron.communities.applying import receiving
from perron.communities.models import Application, Community
from perron.project.demo.entries import table


def bring_in(communities: dict[str, Community]) -> None:
    """Make the applications, unless there are some or the operator's policy does not have them."""
    if Application.stored.exists():
        return
    for row in table("places")["application"]:
        commune = communities[row["to"]]
        if receiving.takes_applications(commune):
            receiving.apply(receiving.Applied(**row["written"]), commune, language=row["language"])

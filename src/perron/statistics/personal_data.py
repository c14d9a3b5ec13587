from perron.privacy.declaring import Declarations, NotPersonal, Tenants
from perron.statistics.models import PageCount

DECLARATIONS = Declarations(
    tables=(
        NotPersonal(
            model=PageCount,
            tenant=Tenants("platform__partner", "community__partner"),
            columns="id platform community page day number",
            why="counts of openings: one visitor twice and two visitors once leave the same row (activity H)",
        ),
    )
)

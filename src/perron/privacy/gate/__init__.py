"""The gate: the program does not load while policy, declarations and tables do not agree.

It is kept whenever the application loads (`project.apps`), so by web server, worker, command and tests alike, and
there is no setting that opens it. `perron policy check` asks the same of announced versions.
"""

from perron.privacy.gate.collecting import declarations, personal_tables, stores, tables
from perron.privacy.gate.keeping import find_gaps, keep

__all__ = ["declarations", "find_gaps", "keep", "personal_tables", "stores", "tables"]

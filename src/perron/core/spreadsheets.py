"""Files that spreadsheets open: CSV (RFC 4180) in UTF-8, in which no cell is taken for a formula."""

# Without it spreadsheets take UTF-8 for something else.
MARK = "\N{BYTE ORDER MARK}"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def as_text(cell: str) -> str:
    """Return a cell that is shown as it is: an apostrophe stands before what would begin a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell

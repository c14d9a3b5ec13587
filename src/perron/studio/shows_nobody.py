"""The studio's pages on which nobody's personal data stand, and what stands there. The others say `looking.shows`.

Who writes for a community signs it among its members: that colleagues read each other's names on their work is how they
work together, and no look at anybody's data.
"""

_PAGES = {
    "what is, or will be, published": (
        "front home listing plan alert begin begin-autosave autosave edit duplicate templates template-begun "
        "template-removed template-kept pin unpin update preview previewed borrowed borrowed-frame paper share unshare "
        "release schedule unschedule withdraw discard undo rendered links advised first-item offers offer also-for "
        "offered"
    ),
    "what will be published, and which of its members did what": "history compared restored review",
    "settings of a community, of its sources and of the programs that it tells": (
        "settings elsewhere import sources connect source disconnect webhooks webhook-new webhook"
    ),
    "numbers of pages, openings and messages": "reach reach-file sent",
}
SHOWS_NOBODY = {name: what for what, names in _PAGES.items() for name in names.split()}

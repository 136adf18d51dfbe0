"""The headings of all pages in English, as their files say them."""

from __future__ import annotations

import re

from mmc_core.settings import PROJECT
from mmc_core.ui.common import menu

HEADING = re.compile(r'st\.title\(_\("(.+)"\)\)')


def headings() -> dict[str, str]:
    """Return the heading of each page in the menu, by the page's name."""
    found = {}
    for each in menu.PAGES:
        match = HEADING.search((PROJECT / each.script).read_text(encoding="utf-8"))
        assert match, f'{each.script} has no st.title(_("..."))'
        found[each.name] = match[1]
    return found

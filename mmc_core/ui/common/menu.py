"""The pages of the app, in the order of the menu: the one place that lists them."""

from __future__ import annotations

from dataclasses import dataclass

from mmc_core.language import N_


@dataclass(frozen=True)
class MenuEntry:
    """A page, `pages/<name>.py`: its title in the menu, an icon of Material, and what Overview says
    that it offers; "" keeps it out of that list.
    """

    name: str
    title: str
    icon: str
    offer: str = ""

    @property
    def script(self) -> str:
        """The page's file, from the project's folder."""
        return f"pages/{self.name}.py"


PAGES = (
    MenuEntry("overview", N_("Overview"), "explore"),
    MenuEntry("predict", N_("Predict"), "music_note"),
    MenuEntry("distributions", N_("Distributions"), "bar_chart"),
    MenuEntry(
        "compare", N_("Compare"), "compare_arrows", N_("**Compare**: which dataset is easier")
    ),
    MenuEntry("explore", N_("Explore"), "manage_search", N_("**Explore**: clips, doubtful labels")),
    MenuEntry("listen", N_("Listen"), "graphic_eq", N_("**Listen**: a clip and its features")),
    MenuEntry(
        "training", N_("Training"), "show_chart", N_("**Training**: models and their scores")
    ),
    MenuEntry("vote", N_("Class vote"), "how_to_vote"),
    MenuEntry(
        "library",
        N_("Library"),
        "library_music",
        N_("**Library**: the moods of all your songs"),
    ),
    MenuEntry("own", N_("Your data"), "folder_open", N_("**Your data**: add your own dataset")),
)

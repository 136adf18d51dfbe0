"""One clip selected in a figure: which it is, where it lies, how it sounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from mmc_core.analysis.points import MAX_OUTLIERS, MAX_SAMPLE, Clips, Points
from mmc_core.features.schema import Feature
from mmc_core.figures.numbers import ByDataset
from mmc_core.figures.panels import Marked
from mmc_core.language import _
from mmc_core.language.collation import fold
from mmc_core.moods import BY_NAME
from mmc_core.ui.common import address, load, player, widgets
from mmc_core.wording import percent, rounded


def label(clip: str, title: str) -> str:
    """What a clip is called among those of several datasets."""
    return f"{clip} ({title})"


def click() -> None:
    """A click on a point of the figure picks its clip."""
    points = st.session_state["distribution-plot"]["selection"]["points"]
    if points and isinstance(result := points[0].get("customdata"), list) and len(result) == 4:
        address.assign(clip=label(result[0], result[1]))


def choose(drawn: Mapping[str, Marked], ids: Mapping[str, str]) -> tuple[str | None, list[str]]:
    """The widget that names the picked clip: by its name, or by a click on a point.

    Args:
        drawn: by the titles of datasets.
        ids: of datasets, by their titles.

    Returns:
        What was picked, and the labels of all clips that can be picked from the list.
    """
    titles = {id_: title for title, id_ in ids.items()}

    def decode(key: str) -> str:
        id_, clip = key.partition(":")[::2]
        return label(clip, titles[id_]) if clip and id_ in titles else key

    def encode(named: str) -> str:
        for title, id_ in ids.items():
            if (clip := named.removesuffix(f" ({title})")) != named:
                return f"{id_}:{clip}"
        return named

    in_address = address.text("clip", decode, encode)
    before = st.session_state[in_address["key"]]
    there = [
        label(clip, title)
        for title, marked in drawn.items()
        for points in (marked.outliers, marked.sample)
        for clip in (points.clip if points else ())
    ]
    picked: str | None = st.selectbox(
        _("Clip"),
        list(dict.fromkeys([before, *there] if before else there)),
        index=None,
        placeholder=_("Click a point, or type a clip's name"),
        format_func=lambda option: _shown(option, ids),
        accept_new_options=True,
        **in_address,
    )
    return picked, list(dict.fromkeys(there))


def _shown(option: str, ids: Mapping[str, str]) -> str:
    """A label with the clip's name to read before it."""
    for title, id_ in ids.items():
        name = load.clip_names(id_).get(option.removesuffix(f" ({title})"))
        if name and option.endswith(f" ({title})"):
            return f"{name}, {option}"
    return option


def find(
    named: str, clips: Mapping[str, Clips], feature: str, ids: Mapping[str, str]
) -> tuple[str, Points] | None:
    """The dataset and the clip of a label, or of a bare name; None where there is none."""
    for title, result in clips.items():
        names = load.clip_names(ids[title]).items()
        alike = [clip for clip, name in names if fold(name) == fold(named.strip())]
        for clip in (named.removesuffix(f" ({title})"), named, *alike):
            if len(points := result.find(clip, feature)):
                return title, points
    return None


def marks(
    clips: Mapping[str, Clips], feature: str, *, outliers: bool, sample: bool
) -> dict[str, Marked]:
    """The clips to draw, fewer of each where there are more datasets."""
    share = max(len(clips), 1)
    return {
        title: Marked(
            outliers=result.outliers(feature, MAX_OUTLIERS // share) if outliers else None,
            sample=result.sample(feature, MAX_SAMPLE // share) if sample else None,
        )
        for title, result in clips.items()
    }


def left_out(marked: Mapping[str, Marked], data: ByDataset) -> str:
    """Say how many outliers a boxplot does not draw, and why; empty where all are drawn."""
    there = sum(d.n_outliers for moods in data.values() for d in moods.values())
    drawn = 0
    for title, moods in data.items():
        clips = marked[title].outliers if title in marked else None
        drawn += sum(len(d.outliers) for d in moods.values()) if clips is None else len(clips)
    if drawn >= there:
        return ""
    if not drawn:
        return _(
            "Outliers are counted, not drawn: an earlier version made this summary. Build the "
            "dataset again to see them."
        )
    return _("Shown: the {drawn:,} farthest of {there:,} outliers.", drawn=drawn, there=there)


def describe(
    title: str,
    dataset_id: str,
    points: Points,
    feature: Feature,
    data: ByDataset,
    others: Sequence[str],
) -> None:
    """Which clip, where it lies among its mood's, its sound, and the way to look into it.

    Args:
        others: labels of the clips that the figure shows, which are stepped through.
    """
    clip, mood, value = str(points.clip[0]), BY_NAME[points.mood[0]], float(points.value[0])
    d = data[title][mood.name]
    with_unit = f"**{rounded(value)}** {_(feature.unit)}".rstrip()
    parts = {"feature": _(feature.title), "value": with_unit, "mood": mood.label}
    if value == d.maximum:
        where = _("{feature}: {value}, the highest of the {mood} clips.", **parts)
    elif value == d.minimum:
        where = _("{feature}: {value}, the lowest of the {mood} clips.", **parts)
    else:
        share = percent(d.share_below(value))
        where = _(
            "{feature}: {value}, higher than {share} of the {mood} clips.", share=share, **parts
        )
    if not d.whisker_low <= value <= d.whisker_high:
        where += " " + _("It is an outlier.")
    path = load.audio(dataset_id).get(clip)
    name = load.clip_names(dataset_id).get(clip, clip)
    about = [] if name == clip else [widgets.escape_markdown(clip)]
    about += [player.describe(label=mood.name), f"{widgets.escape_markdown(title)}. {where}"]
    steps = player.steps(others, label(clip, title), lambda other: address.assign(clip=other))
    player.draw(
        path,
        name=path.name if path else clip,
        title=name,
        about=", ".join(about),
        steps=steps,
    )
    if path is None:
        st.caption(_("The audio of this clip is not on this machine."))
        return
    widgets.page_link(
        "listen", _("Open this clip in Listen"), "graphic_eq", dataset=dataset_id, clip=clip
    )

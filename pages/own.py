"""Your data: a dataset uploaded, built with progress, and listed; removable."""

from math import ceil

import streamlit as st

from mmc_core import settings
from mmc_core.audio.containers import FORMATS
from mmc_core.datasets import user
from mmc_core.errors import MMCError
from mmc_core.language import _
from mmc_core.moods import NAMES
from mmc_core.ui.common import address, layout, screen, widgets
from mmc_core.ui.common.failures import show_errors
from mmc_core.ui.your_data import builder, corrections, preview

layout.enter()

st.title(_("Your data"))
if screen.is_narrow() and user.every():  # what there is comes first, not below all of the form
    listed, form = st.container(), st.container()
else:
    form, listed = st.columns([5, 4], gap="large")
with form:
    st.header(_("Add a dataset"))
    if not settings.page_datasets():
        st.info(_(builder.OFF), icon=":material/info:")
    source = st.segmented_control(
        _("Type of data"),
        list(builder.SOURCES),
        required=True,
        format_func=lambda name: _(builder.SOURCES[name]),
        **address.one("from", list(builder.SOURCES), builder.SONGS),
    )
    limits = settings.page_limits()
    round_ = st.session_state.setdefault("own-round", 0)  # a built dataset empties the form
    if source == builder.SONGS:
        st.markdown(
            _(
                "Choose a folder with **one subfolder per mood**, named {moods}, or Q1 to Q4 "
                "(upper or lower case). Folders inside them name the group, such as the artist: "
                "`happy/artist/song.mp3`. Or choose a folder with songs and **one CSV file** with "
                "the columns `path`, `mood` and optionally `group`.",
                moods=", ".join(NAMES),
            )
        )
        st.download_button(
            _("Example CSV"),
            builder.list_template(),
            file_name="songs.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
        largest = limits.size_bytes
        label = _(
            "Folder of songs: {formats}; each at most {megabytes:.0f} MB and {minutes:.0f} minutes",
            formats=FORMATS,
            megabytes=largest / 1e6,
            minutes=limits.duration_s / 60,
        )
        uploads = st.file_uploader(
            label,
            type=builder.SONG_TYPES,
            accept_multiple_files="directory",
            max_upload_size=ceil(largest / 1e6),
            disabled=not settings.page_datasets(),
            key=f"own-songs-{round_}",
        )
    else:
        st.markdown(
            _(
                "Choose a CSV or Parquet file with one row per clip: the column `mood` and **any "
                "of the features**, named as in the example. Optional columns: `clip` (its name), "
                "`group` (clips that must stay together, such as those of an artist), "
                "`duration_s`, and `part` (train, validation or test)."
            )
        )
        st.download_button(
            _("Example with all features"),
            builder.table_template(),
            file_name="features.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
        largest = settings.page_table_limit()
        upload = st.file_uploader(
            _("Table of features (at most {megabytes:.0f} MB)", megabytes=largest / 1e6),
            type=builder.TABLE_TYPES,
            max_upload_size=ceil(largest / 1e6),
            disabled=not settings.page_datasets(),
            key=f"own-table-{round_}",
        )
        uploads = [upload] if upload else []
    is_usable = preview.draw(uploads, source)
    suggested = builder.suggested_name(uploads, source)
    name = (
        st.text_input(
            _("Name"),
            placeholder=suggested or _("My songs"),
            max_chars=60,
            disabled=not settings.page_datasets(),
            key=f"own-name-{round_}",
        ).strip()
        or suggested
    )
    before = None
    if name:
        try:
            before = builder.replaced(name)
        except MMCError as error:
            st.error(widgets.escape_markdown(str(error)), icon=":material/error:")
            name = ""
    if before:
        st.warning(
            _(
                "A dataset **{title}** ({n:,} clips) exists. The new one will replace it once it "
                "is complete.",
                title=before.title,
                n=sum(before.clips().values()),
            ),
            icon=":material/warning:",
        )
    clicked = st.button(
        _("Replace") if before else _("Build"),
        type="primary",
        icon=":material/build:",
        disabled=not (is_usable and name and settings.page_datasets()),
        help=None if uploads else _("Choose files first"),
    )
    if clicked:
        with show_errors(MMCError):
            made = builder.build(uploads, name)
            st.session_state["own-built"] = made.id
            st.session_state["own-round"] = round_ + 1
            address.rerun()
    just_built = user.every().get(st.session_state.get("own-built", ""))
    if just_built and not uploads:
        st.success(
            _(
                "**{title}** is ready: {n:,} clips. All pages list it with the other datasets.",
                title=just_built.title,
                n=sum(just_built.clips().values()),
            ),
            icon=":material/check:",
        )
    if source == builder.SONGS:
        st.caption(
            _(
                "Keep this page open while the dataset is built. Songs are analysed on the machine "
                "that runs this app and are not saved, so you cannot listen to them here later. "
                "For that, or for thousands of songs, use the command line: {command}.",
                command="`mmc datasets build my-songs --from FOLDER`",
            )
        )
with listed:
    st.header(_("Your datasets"))
    st.caption(_("Everyone who opens this app sees these datasets."))
    builder.draw_datasets(just_built.id if just_built else None)
corrections.draw_corrections()

"""A plugin of beets, which finds it as `beetsplug.mmc` where both are installed.

    plugins: mmc
    mmc:
        model: best
        min_confidence: 0
        auto: no        # yes: also when songs are imported

`beet mmc [-f] [-p] [QUERY]` sets the fields `mood`, `mmc_arousal`, `mmc_valence` and `mmc_model`.
beets itself writes `mood` into the tags, under Picard's names, unless it is told not to write.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from beets import ui
from beets.dbcore import types
from beets.plugins import BeetsPlugin
from mediafile import ASFStorageStyle, MediaField, MP3StorageStyle, MP4StorageStyle, StorageStyle

import mmc_core as mmc
from mmc_core.errors import MMCError
from mmc_core.library.tag_formats import read_moods


class MMCPlugin(BeetsPlugin):  # type: ignore[misc]
    """The mood of songs as a field of beets' library."""

    item_types = {  # noqa: RUF012 (beets reads it of the class)
        "mood": types.STRING,
        "mmc_mood": types.STRING,  # as we set it: another in `mood` is a person's
        "mmc_arousal": types.FLOAT,
        "mmc_valence": types.FLOAT,
        "mmc_model": types.STRING,
    }

    def __init__(self) -> None:
        super().__init__()
        self.config.add({"model": "best", "min_confidence": 0.0, "auto": False})
        mood = MediaField(
            MP3StorageStyle("TMOO"),
            MP4StorageStyle("----:com.apple.iTunes:MOOD"),
            StorageStyle("MOOD"),
            ASFStorageStyle("WM/Mood"),
        )
        self.add_media_field("mood", mood)
        if self.config["auto"].get(bool):
            self.import_stages = [self.imported]

    def commands(self) -> list[Any]:
        """`beet mmc`."""
        command = ui.Subcommand("mmc", help="find the moods of songs")
        command.parser.add_option("-f", "--force", action="store_true", help="also where one is")
        command.parser.add_option("-p", "--pretend", action="store_true", help="change nothing")
        command.func = self.run
        return [command]

    def run(self, library: Any, options: Any, arguments: list[str]) -> None:
        """Find the moods of the songs that a query names."""
        for item in library.items(arguments):
            self.answer(item, force=options.force, pretend=options.pretend)

    def imported(self, _: Any, task: Any) -> None:
        """Find the moods of songs that are imported; beets writes their tags by itself later."""
        for item in task.imported_items():
            self.answer(item)

    def persons_mood(self, item: Any) -> str | None:
        """Return the mood that a person set, in beets or in the file itself.

        beets knows only the moods of files that it has read since this plugin is there.
        """
        path = Path(os.fsdecode(item.path))
        in_file = read_moods(path) if path.exists() else []
        moods = [item.get("mood"), *(mood for mood, _ in in_file)]
        ours = {item.get("mmc_mood"), *(written for _, written in in_file)}
        return next((mood for mood in moods if mood and mood not in ours), None)

    def answer(self, item: Any, *, force: bool = False, pretend: bool = False) -> None:
        """Set the fields of a song, unless a person set its mood or the model cannot tell."""
        before = item.get("mood")
        try:
            mood = before if force else self.persons_mood(item)
        except (MMCError, OSError) as error:
            self._log.warning("{}", error)
            return
        if mood and not force:
            self._log.info("{}: its mood is {} already", item, mood)
            return
        try:
            prediction = mmc.predict(os.fsdecode(item.path), self.config["model"].as_str())
        except MMCError as error:
            self._log.warning("{}", error)
            return
        shares, mood = prediction.probabilities or {}, prediction.mood
        if mood is None or shares[mood] < self.config["min_confidence"].as_number():
            self._log.info("{}: {}", item, prediction.reason or "not sure enough")
            return
        self._log.info("{}: {} → {}", item, before or "(none)", mood)
        if pretend:
            return
        item["mood"] = item["mmc_mood"] = mood
        item["mmc_arousal"], item["mmc_valence"] = prediction.arousal, prediction.valence
        item["mmc_model"] = prediction.model
        item.store()
        if ui.should_write():
            item.try_write()

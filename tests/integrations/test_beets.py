"""The plugin of beets, by stand-ins for what it uses of beets."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, ClassVar

import mutagen
import pytest
from mutagen import apev2, id3

import mmc_core
from mmc_core.errors import TooShort
from mmc_core.library.tag_formats import read_tags
from mmc_core.moods import NAMES
from mmc_core.settings import PROJECT
from tests.support.tagged import answer, song

WRITES = {"should_write": True}


class Value(SimpleNamespace):
    def get(self, _: type) -> Any:
        return self.value

    as_str = as_number = lambda self: self.value


class Config(dict[str, Any]):
    def add(self, values: dict[str, Any]) -> None:
        self.update(
            {name: Value(value=value) for name, value in values.items() if name not in self}
        )


class Plugin:
    settings: ClassVar[dict[str, Any]] = {}

    def __init__(self) -> None:
        self.config = Config({name: Value(value=v) for name, v in self.settings.items()})
        self.fields: dict[str, Any] = {}
        self.import_stages: list[Any] = []
        self.said: list[str] = []
        say = lambda text, *values: self.said.append(text.format(*values))  # noqa: E731
        self._log = SimpleNamespace(info=say, warning=say)

    def add_media_field(self, name: str, field: Any) -> None:
        self.fields[name] = field


class Item(dict[str, Any]):
    path = b"/music/caf\xe9.mp3"
    stored = written = 0

    def store(self) -> None:
        self.stored += 1

    def try_write(self) -> None:
        self.written += 1

    def __str__(self) -> str:
        return "a song"


class Subcommand:
    def __init__(self, name: str, help: str) -> None:
        self.name, self.options = name, list[str]()
        self.parser = SimpleNamespace(add_option=lambda *names, **_: self.options.extend(names))


def module(name: str, **content: Any) -> ModuleType:
    made = ModuleType(name)
    made.__dict__.update(content)
    return made


@pytest.fixture
def plugin_class(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The plugin as beets loads it: a module `beetsplug.mmc`."""
    styles = ("ASFStorageStyle", "MP3StorageStyle", "MP4StorageStyle", "StorageStyle")
    made = {style: lambda key, style=style: (style, key) for style in styles}
    ui = module("beets.ui", Subcommand=Subcommand, should_write=lambda: WRITES["should_write"])
    types = module("beets.dbcore.types", STRING="string", FLOAT="float")
    for stand_in in (
        module("beets", ui=ui),
        module("beets.dbcore", types=types),
        module("beets.plugins", BeetsPlugin=Plugin),
        module("mediafile", MediaField=lambda *styles: dict(styles), **made),
    ):
        monkeypatch.setitem(sys.modules, stand_in.__name__, stand_in)
    path = PROJECT / "mmc_core" / "integrations" / "beets.py"
    spec = importlib.util.spec_from_file_location("beetsplug.mmc", path)
    assert spec
    assert spec.loader
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    assert loaded.MMCPlugin.__module__ == "beetsplug.mmc"  # beets leaves out classes of others
    return loaded.MMCPlugin


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the model is asked about."""
    asked: list[str] = []

    def predict(path: str, model: str) -> Any:
        asked.append(path)
        if model == "short":
            raise TooShort("It is too short.")
        return answer(None if model == "none" else NAMES[0], 0.7)

    monkeypatch.setattr(mmc_core, "predict", predict)
    return asked


def test_the_mood_goes_where_picard_has_it(plugin_class: Any) -> None:
    assert plugin_class().fields["mood"] == {
        "MP3StorageStyle": "TMOO",
        "MP4StorageStyle": "----:com.apple.iTunes:MOOD",
        "StorageStyle": "MOOD",
        "ASFStorageStyle": "WM/Mood",
    }
    assert plugin_class().import_stages == []


def test_a_song_gets_its_fields_and_tags(plugin_class: Any, heard: list[str]) -> None:
    plugin, item = plugin_class(), Item()
    (command,) = plugin.commands()
    assert command.name == "mmc"
    library = SimpleNamespace(items=lambda query: [item] if query == ["year:1999"] else [])
    options = SimpleNamespace(force=None, pretend=None)
    command.func(library, options, ["year:1999"])
    assert heard == [os.fsdecode(Item.path)]
    assert item["mood"] == item["mmc_mood"] == NAMES[0]
    assert set(item) == set(plugin.item_types)
    assert (item.stored, item.written) == (1, 1)


def test_a_mood_of_a_person_stays_unless_forced(plugin_class: Any, heard: list[str]) -> None:
    plugin, item = plugin_class(), Item(mood="Wistful")
    plugin.answer(item)
    assert item == {"mood": "Wistful"}
    assert heard == []
    plugin.answer(item, force=True, pretend=True)
    assert item == {"mood": "Wistful"}
    assert plugin.said[-1] == f"a song: Wistful → {NAMES[0]}"
    plugin.answer(item, force=True)
    assert item["mood"] == NAMES[0]
    plugin.answer(item)  # ours: answered anew
    assert item.stored == 2


@pytest.mark.parametrize("kind", ["flac", "mp3", "wv"])
def test_a_mood_that_a_person_set_in_the_file_stays_unless_forced(
    kind: str, plugin_class: Any, heard: list[str], tmp_path: Path
) -> None:
    """Of a song that beets imported before this plugin was there; `wv` is not written here."""
    path = tmp_path / f"song.{kind}"
    if kind == "wv":
        path.write_bytes(b"wvpk" + bytes([24, 0, 0, 0, 16, 4]) + bytes(22))
        tags: Any = apev2.APEv2()
        tags["Mood"] = ["Dreamy", "Calm"]
        tags.save(path)
    else:
        media: Any = mutagen.File(song(path))
        media["TXXX:mood" if kind == "mp3" else "mood"] = (
            id3.TXXX(3, "mood", ["Dreamy", "Calm"]) if kind == "mp3" else ["Dreamy", "Calm"]
        )
        media.save()
    plugin, item = plugin_class(), Item()
    item.path = os.fsencode(path)
    plugin.answer(item)
    assert item == {}
    assert "Dreamy" in plugin.said[-1]
    assert heard == []
    plugin.answer(item, force=True)
    assert item["mood"] == NAMES[0]


def test_a_mood_that_this_program_wrote_is_answered_anew(
    plugin_class: Any, heard: list[str], tmp_path: Path
) -> None:
    path = song(tmp_path / "song.flac")
    tags = read_tags(path)
    tags.put("MOOD", NAMES[1])
    tags.write()
    plugin, item = plugin_class(), Item(mood=NAMES[1], mmc_mood=NAMES[1])  # beets wrote it
    item.path = os.fsencode(path)
    plugin.answer(item)
    assert item["mood"] == NAMES[0]
    tags.put("MMC_MOOD", NAMES[1])  # `library tag` wrote it
    tags.write()
    item = Item(mood=NAMES[1])
    item.path = os.fsencode(path)
    plugin.answer(item)
    assert item["mood"] == NAMES[0]
    assert len(heard) == 2


def test_a_file_whose_tags_cannot_be_read_is_left(
    plugin_class: Any, heard: list[str], tmp_path: Path
) -> None:
    plugin, item = plugin_class(), Item()
    path = tmp_path / "bad.mp3"
    path.write_bytes(b"ID3\4\0\0\0\0\0\x7fTIT2")
    item.path = os.fsencode(path)
    plugin.answer(item)
    assert "bad.mp3" in plugin.said[-1]
    assert heard == []


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"model": "none"}, "not sure enough"),
        ({"min_confidence": 0.71}, "not sure enough"),
        ({"model": "short"}, "It is too short."),
    ],
)
def test_no_answer_sets_nothing(
    settings: dict[str, Any],
    why: str,
    plugin_class: Any,
    heard: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Plugin, "settings", settings)
    plugin, item = plugin_class(), Item()
    plugin.answer(item)
    assert item == {}
    assert why in plugin.said[-1]
    assert len(heard) == 1


def test_imported_songs_are_answered_where_that_is_asked_for(
    plugin_class: Any, heard: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Plugin, "settings", {"auto": True})
    monkeypatch.setitem(WRITES, "should_write", False)
    (stage,) = plugin_class().import_stages
    item = Item()
    stage(None, SimpleNamespace(imported_items=lambda: [item]))
    assert (item["mood"], item.stored, item.written) == (NAMES[0], 1, 0)


def test_the_package_brings_it_where_beets_looks() -> None:
    text = (Path(PROJECT) / "pyproject.toml").read_text("utf-8")
    assert '"mmc_core/integrations/beets.py" = "beetsplug/mmc.py"' in text

"""The page for datasets of one's own, as Streamlit runs it: uploads, problems, removal."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from mmc_core import datasets
from mmc_core.datasets.user import source, store
from mmc_core.datasets.user.dataset import UserDataset
from mmc_core.errors import MMCError
from mmc_core.moods import NAMES
from mmc_core.ui.common import screen
from mmc_core.ui.your_data import builder, preview
from tests.support.pages import page, words
from tests.support.runs import SHIPPED
from tests.support.sounds import encode, tone

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own

TABLE = "table"
CSV = "mood,tempo,group\nsad,100,a\nhappy,120,b\nhapy,90,\nsad,fast,\nQ4,60,c\n"


def wav(pitch: float) -> bytes:
    return encode(tone(1.5, 22_050, (pitch,)), 22_050, "wav")


def give(app: AppTest, files: object, name: str = "") -> AppTest:
    """Upload, name and build."""
    app.file_uploader[0].set_value(files).run()  # type: ignore[arg-type]
    if name:
        app.text_input[0].set_value(name).run()
    return press(app, "Build")


def press(app: AppTest, label: str) -> AppTest:
    button = next(button for button in app.button if button.label == label)
    assert not button.disabled
    button.click().run()
    assert not app.exception, app.exception
    return app


def build_one(content: str = CSV, name: str = "Mine") -> None:
    app = page("own", **{"from": TABLE})
    give(app, ("t.csv", content.encode(), "text/csv"), name)


def test_there_is_nothing_at_first() -> None:
    app = page("own")
    assert "No datasets yet" in words(app)
    assert next(button for button in app.button if button.label == "Build").disabled
    assert "Everyone who opens this app" in words(app)


def test_a_table_is_built_with_its_problems_and_shown_everywhere() -> None:
    app = page("own", **{"from": TABLE})
    give(app, ("t.csv", CSV.encode(), "text/csv"), "Mine & yours")
    text = words(app)
    assert "Mine & yours** is ready: 3 clips" in app.success[0].value
    assert "Row 4: the mood is not known: got 'hapy'" in text.replace("\\", "")
    assert "Row 5: tempo is not a number: got 'fast'" in text.replace("\\", "")
    assert "has no clip that is angry; training takes all four moods" not in text
    assert "lacks 56 of the 57 features" in text
    assert datasets.get("mine-yours").clips() == {NAMES[0]: 1, NAMES[2]: 1, NAMES[3]: 1}
    assert app.text_input[0].value == ""  # the form is empty again
    assert "Mine & yours" in words(page("overview"))
    shown = page("distributions", dataset="mine-yours", group="rhythm", feature="tempo")
    assert list(shown.table[0].value.loc["n"]) == ["1", "1", "1"]


def test_columns_that_are_no_features_are_said_before_and_after() -> None:
    app = page("own", **{"from": TABLE})
    rows = "Tempo;Loud;Mood\n" + "".join(f"{90 + i};3;happy\n" for i in range(9))
    app.file_uploader[0].set_value(("t.csv", rows.encode(), "text/csv")).run()
    assert "9 rows can be used, with the columns `mood` and `tempo`." in words(app)
    assert "Not used, since they are no features: Loud." in words(app).replace("\\", "")
    assert "Keep this page open" not in words(app)
    press(app, "Build")
    built = datasets.get("t")
    assert isinstance(built, UserDataset)
    assert built.notes == ["Not used, since they are no features: Loud."]
    assert "Not used, since they are no features: Loud." in words(app).replace("\\", "")
    assert "Fewer than 8 clips of a mood" not in words(app)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"mood,loud\nsad,1\n", "t.csv has no column of a feature; got mood, loud."),
        (b"path,mood\na.mp3,sad\n", "t.csv has no column of a feature; got path, mood."),
        (b"title,bpm\nx,1\n", "t.csv has no column mood; got title, bpm."),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_once(content: bytes, says: str) -> None:
    app = page("own", **{"from": TABLE})
    app.file_uploader[0].set_value(("t.csv", content, "text/csv")).run()
    expected = f"{says} Expected mood, and features such as tempo and rms_mean."
    assert [error.value.replace("\\", "") for error in app.error] == [expected]
    assert next(button for button in app.button if button.label == "Build").disabled


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (
            ["m/happy/a.mp3", "m/Q1/b.mp3", "m/sad/x/c.mp3", "m/sad/d.wav", "m/rock/e.mp3"],
            "5 songs: 2 happy, 2 sad, 1 not in a mood's folder.",
        ),
        (["happy/a.mp3", "happy/note.txt"], "1 song: 1 happy."),
        (["m/list.csv", "m/a.mp3"], ""),
    ],
)
def test_a_folders_songs_are_counted_before_they_are_analysed(names: list[str], says: str) -> None:
    assert preview.folder_sentence(names) == says


def test_a_table_is_called_after_its_file_if_nothing_else_is_said() -> None:
    app = page("own", **{"from": TABLE})
    give(app, ("my table.csv", CSV.encode(), "text/csv"))
    assert datasets.get("my-table").title == "my table"


def test_a_folder_is_built() -> None:
    app = page("own")
    files = [(f"music/{mood}/band/{i}.wav", wav(200.0 + i), "") for i, mood in enumerate(NAMES)]
    files += [("music/rock/x.wav", wav(300.0), ""), ("music/sad/y.mp3", b"no song", "")]
    give(app, files)
    made = datasets.get("music")
    assert made.clips() == dict.fromkeys(NAMES, 1)
    assert set(made.table()["group"]) == {"band"}
    assert not made.audio()  # songs are not kept
    text = words(app).replace("\\", "")
    assert "'rock/x.wav': the folder 'rock' is not a mood" in text
    assert "y.mp3 is not a sound file" in text


def test_a_folder_with_a_list_is_built() -> None:
    app = page("own")
    rows = "path,mood\na/x.wav,Q1\n../../etc/passwd,sad\n"
    files = [("m/l.csv", rows.encode(), ""), ("m/a/x.wav", wav(300.0), "")]
    give(app, files, "Listed")
    assert datasets.get("listed").clips() == {NAMES[0]: 1}
    assert "Row 3: there is no such file" in words(app).replace("\\", "")


def test_what_fails_is_said_and_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview, "LARGEST", 0)  # so that it is read only as it is built
    build_one()
    before = datasets.get("mine").clips()
    app = page("own", **{"from": TABLE})
    app.file_uploader[0].set_value(("t.csv", b"mood,tempo\nhapy,1\n", "text/csv")).run()
    app.text_input[0].set_value("mine").run()
    assert "will replace it once it is complete" in words(app)
    press(app, "Replace")
    assert "Nothing in t.csv can be used" in app.error[0].value.replace("\\", "")
    assert datasets.get("mine").clips() == before
    assert app.text_input[0].value == "mine"  # what was given is there still


def test_a_dataset_of_another_title_is_not_replaced() -> None:
    build_one(name="Rock & Roll")
    app = page("own", **{"from": TABLE})
    give(app, ("t.csv", CSV.encode(), "text/csv"), "rock-roll")
    assert "will replace it" not in words(app)
    assert {each.title for each in datasets.user.every().values()} == {"Rock & Roll", "rock-roll"}


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("t.parquet", b"PAR1 and no more", "t.parquet is damaged and cannot be read as a Parquet"),
        ("t.csv", bytes(range(256)), "t.csv is not text in UTF-8"),
    ],
)
def test_a_file_that_is_no_table_is_said(name: str, content: bytes, says: str) -> None:
    app = page("own", **{"from": TABLE})
    app.file_uploader[0].set_value((name, content, "")).run()
    assert says in app.error[0].value.replace("\\", "")
    assert next(button for button in app.button if button.label == "Build").disabled
    assert not datasets.user.every()


def test_a_name_that_is_taken_is_said_before_building() -> None:
    app = page("own", **{"from": TABLE})
    app.file_uploader[0].set_value(("t.csv", CSV.encode(), "text/csv")).run()
    app.text_input[0].set_value("4QAED").run()
    assert "name of a dataset of the project" in app.error[0].value
    assert next(button for button in app.button if button.label == "Build").disabled


def test_on_a_phone_datasets_come_before_the_form(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screen, "is_narrow", lambda: True)
    assert [header.value for header in page("own").header][:2] == ["Add a dataset", "Your datasets"]
    build_one()
    assert [header.value for header in page("own").header][:2] == ["Your datasets", "Add a dataset"]


def test_one_is_removed_after_being_asked_once_more() -> None:
    build_one()
    app = page("own")
    assert "is removed for everyone" in words(app)
    press(app, "Remove permanently")
    assert "No datasets yet" in words(app)
    assert "mine" not in datasets.every()
    assert not page("distributions", dataset="mine").exception


def test_a_damaged_one_can_be_removed(own_cache: Path) -> None:
    (own_cache / "own" / "torn").mkdir(parents=True)
    app = page("own")
    assert "torn** is damaged" in words(app)
    press(app, "Remove permanently")
    assert store.damaged() == []


def test_it_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    build_one()
    monkeypatch.setenv("MMC_PAGE_DATASETS", "0")
    app = page("own", **{"from": TABLE})
    assert builder.OFF in words(app)
    assert app.file_uploader[0].proto.disabled
    assert "Mine" in words(app)
    assert "Remove permanently" not in [button.label for button in app.button]
    builder._removed("mine")
    assert "mine" in datasets.every()
    with pytest.raises(MMCError, match="switched off"):
        builder.build([], "x")


def test_a_table_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MMC_PAGE_MAX_TABLE_BYTES", "20")
    app = page("own", **{"from": TABLE})
    app.file_uploader[0].set_value(("t.csv", CSV.encode(), "text/csv")).run()
    assert "expected at most" in app.error[0].value
    assert next(button for button in app.button if button.label == "Build").disabled


def test_what_can_be_trained_on_is_offered(table: pd.DataFrame, own_models: Path) -> None:
    build_one(table.to_csv(index=False), "Whole")
    build_one(name="Part")
    app = page("training", view="train")
    offered = next(w for w in app.get("button_group") if w.proto.label == "Dataset")
    titles = [option.content for option in offered.proto.options]
    assert "Whole" in titles
    assert "Part" not in titles


def test_runs_of_a_removed_dataset_do_not_stop_the_pages(own_models: Path) -> None:
    for shipped in (run for run in SHIPPED if run.is_servable() and run.dataset == "turkish"):
        shutil.copytree(shipped.path, own_models / shipped.name)
        info = json.loads((own_models / shipped.name / "run.json").read_text())
        info["recipe"]["dataset"] = "gone"
        (own_models / shipped.name / "run.json").write_text(json.dumps(info))
    app = page("predict", view="reliable")
    assert "gone (removed)" in app.selectbox(key="model").format_func(
        app.selectbox(key="model").value
    )
    assert "clips of gone (removed)" in words(app)
    for view in ("curves", "quality", "evaluations", "train"):
        assert "Training" in words(page("training", view=view, **{"dataset": "gone (removed)"}))


# ---- what comes from outside ----------------------------------------------------------------


class File:
    def __init__(self, name: str, content: bytes = b"x") -> None:
        self.name, self.content = name, content

    def getbuffer(self) -> memoryview:
        return memoryview(self.content)


@pytest.mark.parametrize(
    ("names", "written"),
    [
        (["m/happy/a.mp3", "m/sad/b.mp3"], ["happy/a.mp3", "sad/b.mp3"]),
        (["happy/a.mp3", "happy/b.mp3"], ["happy/a.mp3", "happy/b.mp3"]),
        (["happy/a.mp3", "sad/b.mp3"], ["happy/a.mp3", "sad/b.mp3"]),
        (["a.mp3", "m/b.mp3"], ["a.mp3", "m/b.mp3"]),
        (["/etc/passwd", "../../x.csv"], ["etc/passwd", "x.csv"]),
        (["m\\happy\\a.mp3", ".."], ["file", "m/happy/a.mp3"]),
        (["x\0y/\n.mp3", "é" * 120 + ".mp3"], ["xy/.mp3", "é" * 120 + ".mp3"]),
        (["m/a.mp3", "m/a.mp3", "m/A.mp3"], ["A (3).mp3", "a (2).mp3", "a.mp3"]),
    ],
)
def test_uploads_stay_in_their_folder(names: list[str], written: list[str], tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "er"
    builder.put_down([File(name) for name in names], folder)
    found = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert sorted(path.relative_to(folder).as_posix() for path in found) == written


@pytest.mark.parametrize("sign", ["z", "é", "日"])
def test_names_that_are_too_long_stay_apart(sign: str, tmp_path: Path) -> None:
    """Wherever they differ: in folders' names too."""
    names = [f"m/{sign * 300}{i}/{sign * 300}{j}.mp3" for i in range(2) for j in range(3)]
    builder.put_down([File(name, name.encode()) for name in names], tmp_path / "m")
    found = [path for path in tmp_path.rglob("*.mp3") if path.is_file()]
    assert {path.read_text() for path in found} == set(names)
    assert len({path.parent for path in found}) == 2


def test_the_examples_are_what_is_taken(tmp_path: Path) -> None:
    (tmp_path / "features.csv").write_text(builder.table_template(), encoding="utf-8")
    found = source.read(tmp_path / "features.csv")
    assert not found.problems
    assert sorted(found.clips["mood"]) == sorted(NAMES)
    (tmp_path / "songs").mkdir()
    for mood in NAMES:
        (tmp_path / "songs" / f"{mood}.mp3").touch()
    (tmp_path / "songs.csv").write_text(builder.list_template(), encoding="utf-8")
    listed = source.read(tmp_path / "songs.csv")
    assert not listed.problems
    assert len(listed.clips) == 4

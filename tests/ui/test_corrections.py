"""Corrections on the pages Predict, Your data and Training, as Streamlit runs them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from mmc_core.datasets.user import corrections
from mmc_core.moods import NAMES
from mmc_core.settings import corrections_dir
from mmc_core.ui.common.correct import CONSENT
from mmc_core.ui.training import trainer
from mmc_core.ui.your_data.corrections import agreement_sentence, missing_sentence
from tests.support.corrections import add_some, made_correction
from tests.support.pages import frame, page, words

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own

SAD, RELAXED = NAMES[2], NAMES[3]


def pills(app: AppTest) -> Any:
    (one,) = [each for each in app.button_group if each.label == "Which mood do you hear?"]
    return one


def button(app: AppTest, label: str) -> Any:
    (one,) = [each for each in app.button if each.label == label]
    return one


def press(app: AppTest, label: str) -> None:
    assert not button(app, label).disabled
    button(app, label).click().run()
    assert not app.exception, app.exception


def consent(app: AppTest) -> Any:
    (one,) = [each for each in app.checkbox if each.label == CONSENT]
    return one


def test_nothing_is_kept_without_consent() -> None:
    app = page("predict")
    assert "Save correction" not in [each.label for each in app.button]
    pills(app).set_value(SAD).run()
    assert not consent(app).value
    assert "The sound is not kept." in words(app)
    assert f"You hear {SAD}. Nothing is saved unless you tick the box." in words(app)
    assert button(app, "Save correction").disabled
    assert corrections.count() == 0


def test_a_mood_is_corrected_and_taken_back() -> None:
    app = page("predict")
    assert "This fits: " in pills(app).options[0]
    pills(app).set_value(SAD).run()
    consent(app).check().run()
    press(app, "Save correction")
    (saved,) = corrections.every()
    assert saved.mood == SAD
    assert saved.answered and saved.answered in pills(app).options[0]
    assert len(saved.embeddings["musicnn"]) == 1506
    assert (
        f"Saved on this machine: **■ {SAD}**. The model answered {saved.answered}"
        in app.success[0].value
    )
    pills(app).set_value(saved.answered).run()
    press(app, "Save correction")  # in its place
    (again,) = corrections.every()
    assert again.agrees
    press(app, "Undo")
    (before,) = corrections.every()
    assert before.mood == SAD
    press(app, "Undo")
    assert corrections.count() == 0
    assert not app.success


def test_a_correction_is_shown_for_the_same_sound_in_another_file() -> None:
    app = page("predict")
    pills(app).set_value(SAD).run()
    consent(app).check().run()
    press(app, "Save correction")
    (saved,) = corrections.every()
    corrections.clear()
    corrections.add(replace(saved, sha256="0" * 64))  # its tags were others
    app.run()
    assert "Saved on this machine" in app.success[0].value
    press(app, "Undo")
    assert corrections.count() == 0


@pytest.mark.parametrize("variable", ["MMC_CORRECTIONS", "MMC_PAGE_DATASETS"])
def test_it_can_be_switched_off(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "0")
    app = page("predict")
    assert "Which mood do you hear?" not in [each.label for each in app.button_group]


def test_there_are_none_at_first() -> None:
    assert "None yet. On the page Predict you can say" in words(page("own"))


def test_they_are_listed_removed_and_deleted() -> None:
    add_some(4)
    app = page("own")
    table = frame(app.dataframe[0])
    assert table["Song"].tolist() == [f"song {n}.mp3" for n in (3, 2, 1, 0)]
    assert table["Your mood"].tolist()[:2] == [f"◆ {RELAXED}", f"■ {SAD}"]
    assert "You heard the model's mood in 1 of 4 songs" in words(app)
    press(app, "Undo the last one")
    assert frame(app.dataframe[0])["Song"].tolist()[0] == "song 2.mp3"
    chosen = app.selectbox(key="correction-chosen")
    chosen.set_value(made_correction(1).sha256).run()
    press(app, "Remove")
    assert frame(app.dataframe[0])["Song"].tolist() == ["song 2.mp3", "song 0.mp3"]
    press(app, "Delete permanently")
    assert corrections.count() == 0
    assert "None yet." in words(app)


def test_a_name_is_not_read_as_markdown_or_html() -> None:
    folder = corrections_dir()
    assert folder is not None
    folder.mkdir(parents=True)
    (folder / "**bold** <b>.json").write_text("{}")
    app = page("own")
    assert r"\*\*bold\*\* \<b\>" in app.warning[0].value
    assert "It was moved aside" in app.warning[0].value


def test_visitors_may_be_kept_from_removing(monkeypatch: pytest.MonkeyPatch) -> None:
    add_some(1)
    monkeypatch.setenv("MMC_PAGE_DATASETS", "0")
    app = page("own")
    assert frame(app.dataframe[0])["Song"].tolist() == ["song 0.mp3"]
    assert "Delete permanently" not in [each.label for each in app.button]


@pytest.mark.parametrize("n", [1, 8])
def test_all_pages_show_them_as_a_dataset(n: int) -> None:
    add_some(n)
    assert "My corrections" in words(page("overview"))
    for name in ("distributions", "listen", "explore"):
        page(name, dataset="corrections")
    page("compare", dataset=["4qaed", "corrections"])
    page("training", view="train", dataset="corrections")


def test_what_training_needs_is_said() -> None:
    assert missing_sentence(dict.fromkeys(NAMES, 8)) == ""
    groups = dict.fromkeys(NAMES, 8) | {SAD: 3, RELAXED: 0}
    assert missing_sentence(groups).endswith(f"Missing: 5 {SAD} and 8 {RELAXED}.")
    add_some(4)
    assert "once there are 8 different songs of each mood" in words(page("own"))


def test_training_offers_them_where_they_bring_all_it_takes(own_models: Path) -> None:
    add_some(32)
    app = page("training", view="train", recipe="probe-musicnn", dataset="corrections")
    (choice,) = [each for each in app.button_group if each.label == "Dataset"]
    assert choice.value == "corrections"
    assert not button(app, "Train").disabled


def test_others_may_learn_from_them_too(
    mirror: Path, own_models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[tuple[str, dict[str, object]]] = []
    monkeypatch.setattr(trainer, "_start", lambda *what: started.append(what))
    add_some(8)
    app = page("training", view="train", recipe="probe-musicnn", dataset="4qaed")
    (toggle,) = [each for each in app.toggle if each.label == "Learn from my corrections too"]
    toggle.set_value(True).run()
    press(app, "Train")
    ((recipe, settings),) = started
    assert recipe == "probe-musicnn"
    assert settings["sources"] == ["4qaed", "emopia", "corrections"]


def test_where_the_model_had_no_answer_nothing_agrees() -> None:
    assert agreement_sentence([made_correction(0, answered=None)]) == ""
    one = agreement_sentence([made_correction(0)])
    assert "in 1 of 1 song: 100" in one
    assert "This is not the model's accuracy" in one

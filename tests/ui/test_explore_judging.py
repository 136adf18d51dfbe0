"""Doubtful labels judged on the page Explore, as Streamlit runs it."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from mmc_core import runs
from mmc_core.exploration import doubts, judgements
from mmc_core.exploration.judgements import CHANGE, KEEP, UNSURE
from mmc_core.moods import NAMES
from tests.support.pages import frame, page, words

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own

BEST = "4qaed-probe-both-grouped-10"


def ranked() -> list[str]:
    """Clips, the most doubtful first."""
    clips: list[str] = doubts.doubtful(runs.load_run(BEST).predictions())["clip"].tolist()
    return clips


def progress(app: AppTest) -> str:
    (bar,) = app.get("progress")
    text: str = bar.proto.text
    return text


def test_answers_are_saved_at_once_and_open_the_next_clip() -> None:
    clips = ranked()
    app = page("explore", view="doubts")
    assert progress(app).startswith("**0 of 95 judged**")
    assert app.query_params["clip"] == f"4qaed:{clips[0]}"
    app.text_input(key=f"note-4qaed-{clips[0]}").set_value("=slow, but  bright").run()
    app.button(key="judge-keep").click().run()
    app.button(key="judge-unsure").click().run()
    label = doubts.doubtful(runs.load_run(BEST).predictions())["mood"][2]
    other = next(mood for mood in NAMES if mood != label)
    app.button(key=f"judge-{other}").click().run()
    assert not app.exception
    kept = judgements.read("4qaed")
    assert [(each.clip, each.judged) for each in kept.values()] == [
        *((clips[0], KEEP), (clips[1], UNSURE), (clips[2], CHANGE))
    ]
    first, unsure, changed = kept.values()
    assert first.note == "=slow, but bright" and first.mood == first.label and first.run == BEST
    assert (unsure.mood, changed.mood) == ("", other)
    assert progress(app).startswith("**3 of 95 judged**")
    assert app.query_params["clip"] == f"4qaed:{clips[3]}"
    assert frame(app.dataframe[0])["judged"][:4].tolist() == [
        *("keep", "unsure", f"change to {other}", "")
    ]


def test_the_mood_of_the_label_is_no_change() -> None:
    table = doubts.doubtful(runs.load_run(BEST).predictions())
    keys = {button.key for button in page("explore", view="doubts").button}
    moods = {f"judge-{mood}" for mood in NAMES}
    assert moods - keys == {f"judge-{table['mood'][0]}"}
    blind = {button.key for button in page("explore", view="doubts", blind="on").button}
    assert moods <= blind


def test_no_more_are_to_be_judged_than_are_doubtful() -> None:
    app = page("explore", view="doubts", dataset="turkish")
    many = app.selectbox("many")
    assert many.value == 11 and "the 11 doubtful" in many.options


def test_blind_judging_shows_neither_labels_nor_answers_of_the_system() -> None:
    table = doubts.doubtful(runs.load_run(BEST).predictions())
    clips, label = table["clip"].tolist(), table["mood"][0]
    app = page("explore", view="doubts", blind="on")
    assert "labelled" not in words(app).partition("Most often confused")[0]
    assert not [each for each in app.button if each.key == "judge-keep"]
    app.button(key=f"judge-{label}").click().run()
    (kept,) = judgements.read("4qaed").values()
    assert (kept.clip, kept.judged, kept.mood) == (clips[0], KEEP, label)
    shown = frame(app.dataframe[0])
    assert "label" not in shown and "more like" not in shown
    assert shown["judged"][0] == label
    app = page("explore", view="doubts", blind="on", clip=f"4qaed:{clips[0]}")
    assert f"**{label}**" in words(app)


def test_it_opens_with_the_first_that_is_not_judged_or_with_what_the_address_names() -> None:
    clips = ranked()
    judgements.save(judgements.judge("4qaed", clips[0], "sad", UNSURE, run=BEST))
    assert page("explore", view="doubts").query_params["clip"] == f"4qaed:{clips[1]}"
    app = page("explore", view="doubts", clip=f"4qaed:{clips[0]}", many="10")
    assert "Judged on" in words(app) and "**unsure**" in words(app)
    assert progress(app).startswith("**1 of 10 judged**")


def test_a_judgement_is_cleared_and_its_note_changed() -> None:
    clip = ranked()[0]
    judgements.save(judgements.judge("4qaed", clip, "sad", KEEP, note="before", run=BEST))
    app = page("explore", view="doubts", clip=f"4qaed:{clip}")
    note = app.text_input(key=f"note-4qaed-{clip}")
    assert note.value == "before"
    note.set_value("after").run()
    assert judgements.read("4qaed")[clip].note == "after"
    app.button(key="judge-clear").click().run()
    assert not app.exception
    assert judgements.read("4qaed") == {}
    assert "Judged on" not in words(app)


def test_a_damaged_file_is_said_and_left_alone() -> None:
    path = judgements.path_of("4qaed")
    path.parent.mkdir(parents=True)
    path.write_text("no,judgements\n1,2\n", "utf-8")
    app = page("explore", view="doubts")
    assert "cannot be read (its columns should be dataset" in app.error[0].value.replace("\\", "")
    assert not [each for each in app.button if (each.key or "").startswith("judge-")]
    assert path.read_text("utf-8") == "no,judgements\n1,2\n"


def test_nobody_judges_where_that_is_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MMC_PAGE_JUDGEMENTS", "0")
    app = page("explore", view="doubts")
    assert not [each for each in app.button if (each.key or "").startswith("judge-")]
    assert not app.get("progress")
    assert "judged" not in frame(app.dataframe[0])

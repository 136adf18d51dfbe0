"""The class vote's page in all its states, as Streamlit runs it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pytest
import segno
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest

from mmc_core import datasets
from mmc_core.classroom import session as sessions_module
from mmc_core.classroom.session import Session
from mmc_core.classroom.sessions import MAX_GUESSES, MAX_GUESSES_OF_ALL
from mmc_core.moods import BY_NAME, HAPPY, SAD
from mmc_core.settings import PROJECT, data_mirror
from mmc_core.ui.common import load, visitor
from mmc_core.ui.predict.model_choice import ROLES
from mmc_core.ui.vote import clips
from mmc_core.ui.vote.store import sessions
from tests.support.pages import component, words

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own

TEACHER = "t" * 32


@pytest.fixture(autouse=True)
def no_sessions() -> Iterator[None]:
    sessions.clear()
    yield
    sessions.clear()


def page(who: str = "", **query: str) -> AppTest:
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    if who:
        app.session_state[visitor.COOKIE] = who
    for key, value in query.items():
        app.query_params[key] = value
    app.switch_page("pages/vote.py").run()
    assert not app.exception, app.exception
    return app


def opened() -> Session:
    app = page(TEACHER)
    _button(app, "Open a session").click().run()
    assert not app.exception
    session = sessions().of(TEACHER)
    assert session is not None
    return session


def _button(app: AppTest, label: str) -> Any:
    (button,) = [each for each in app.button if each.label == label]
    return button


def vote(session: Session, who: str, *moods: str) -> None:
    session.join(who)
    for clip, mood in enumerate(moods):
        session.vote(who, clip, 0.5 * BY_NAME[mood].arousal, 0.5 * BY_NAME[mood].valence)


def test_a_teacher_opens_a_session_on_clips_of_different_moods() -> None:
    session = opened()
    labels = [clip.label for clip in session.clips]
    assert len(labels) == 5 and set(labels) == set(BY_NAME)
    best = {clip.name: clip.predicted["Best (recommended)"] for clip in session.clips}
    assert len(best) == 5 and set(best.values()) <= set(BY_NAME)
    app = page(TEACHER, session=session.code)
    text = words(app)
    assert session.code[:3] in text and f"/vote?session={session.code}" in text
    assert "Phones cannot open this link" in text and "QR code of the link" not in text
    assert not app.get("plotly_chart") and not app.get("table")  # nobody is led
    assert [metric.value for metric in app.metric] == ["0", "0", "0"]


def test_a_session_on_no_clip_cannot_be_opened() -> None:
    app = page(TEACHER)
    app.multiselect(key="vote-samples").set_value([]).run()
    assert _button(app, "Open a session").disabled


def test_a_datasets_clips_come_with_label_and_prediction() -> None:
    if not data_mirror():
        pytest.skip("needs 4QAED's audio in MMC_DATA_MIRROR")
    app = page(TEACHER)
    app.segmented_control(key="from").set_value("dataset").run()
    app.selectbox(key="dataset").set_value("4qaed").run()
    _button(app, "Open a session").click().run()
    session = sessions().of(TEACHER)
    assert session is not None and len(session.clips) == 5
    moods = datasets.get("4qaed").table().set_index("clip")["mood"]
    for clip in session.clips:
        assert clip.label == moods[clip.path.stem]
        assert clip.name == load.clip_label("4qaed", clip.path.stem)
        assert set(clip.predicted) == {clips.HELD_OUT}


def test_a_voter_hears_clips_without_names_and_places_them() -> None:
    session = opened()
    app = page(session=session.code)
    data = component(app, "vote_plane")
    assert data["saved"] is None and data["open"]
    assert "There is no right answer" in words(app)
    assert all(clip.name not in words(app) for clip in session.clips)
    assert len(app.get("audio")) == 1 and "**Clip 1**" in words(app)
    assert all("--mood-" in mood["colour"] for mood in data["moods"])  # another on a dark page
    assert not app.metric and not [each for each in app.button if each.label == "Close voting"]
    assert session.n_joined == 1


def test_a_voters_votes_are_there_after_a_reload() -> None:
    session = opened()
    vote(session, "v" * 32, HAPPY.name)
    app = page("v" * 32, session=session.code)
    saved = component(app, "vote_plane")["saved"]
    assert saved == {"arousal": 0.5, "valence": 0.5}
    assert "You have voted on 1 of 5. Left: 2, 3, 4 and 5." in words(app)
    assert app.segmented_control(key="clip").options == list("12345")  # with or without a vote
    _button(app, "Next clip").click().run()
    assert component(app, "vote_plane")["saved"] is None
    assert session.n_joined == 1


def test_voting_is_closed_and_opened_by_the_teacher() -> None:
    session = opened()
    app = page(TEACHER, session=session.code)
    _button(app, "Close voting").click().run()
    assert not session.is_open and "Voting is closed." in words(app)
    assert component(page(session=session.code), "vote_plane")["open"] is False
    _button(app, "Open voting again").click().run()
    assert session.is_open


def test_a_session_that_is_ended_is_gone() -> None:
    session = opened()
    vote(session, "v" * 32, HAPPY.name)
    app = page(TEACHER, session=session.code)
    _button(app, "End and delete").click().run()
    assert not app.exception
    assert session.table().empty and sessions().of(TEACHER) is None
    assert _button(app, "Open a session")
    assert f"no class vote {session.code} now" in words(page(session=session.code))


def stop_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let wrong codes stay counted, however slow the page is."""
    now = time.monotonic()
    for limit in (sessions()._guesses, sessions()._all_guesses):
        monkeypatch.setattr(limit, "_clock", lambda: now)


def test_a_wrong_code_says_so_and_many_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ContextProxy, "ip_address", "192.0.2.7")
    app = page(session="WRONG<b>")
    assert "There is no class vote WRONGB now." in words(app)
    assert app.text_input(key="vote-code")
    session = opened()
    stop_time(monkeypatch)
    for i in range(MAX_GUESSES):
        assert "Too many wrong codes" not in words(app)
        app.text_input(key="vote-code").set_value(f"NOPE{i}").run()
    assert "Too many wrong codes" in words(page(session=session.code))
    monkeypatch.setattr(ContextProxy, "ip_address", "192.0.2.8")
    assert component(page(session=session.code), "vote_plane")["open"]


def test_a_code_is_typed() -> None:
    session = opened()
    app = page()
    app.text_input(key="vote-code").set_value(
        f" {session.code[:3].lower()} {session.code[3:]}"
    ).run()
    assert component(app, "vote_plane")["open"]


def test_a_full_session_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions_module, "MAX_VOTERS", 1)
    session = opened()
    session.join("v" * 32)
    assert "This class vote is full" in words(page(session=session.code))


def test_a_full_class_tells_the_teacher_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions_module, "MAX_VOTERS", 1)
    session = opened()
    session.join("v" * 32)
    for view in ("join", "voters"):
        text = words(page(TEACHER, session=session.code, view=view))
        assert "Remove those who have not voted" in text and "Close joining once" in text


def test_a_class_that_joins_too_fast_waits_and_the_teacher_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sessions_module, "JOIN_BURST", 1)
    monkeypatch.setattr(sessions_module, "JOIN_EVERY_S", 3600.0)
    session = opened()
    session.join("v" * 32)
    assert "it joins by itself" in words(page("w" * 32, session=session.code))
    assert "close joining" in words(page(TEACHER, session=session.code))
    assert session.n_joined == 1


def test_the_teacher_closes_and_opens_the_door() -> None:
    session = opened()
    vote(session, "v" * 32, HAPPY.name)
    app = page(TEACHER, session=session.code)
    _button(app, "Close joining").click().run()
    assert "no one else can join" in words(app)
    waiting = page("w" * 32, session=session.code)
    assert "The teacher has closed joining" in words(waiting)
    assert not waiting.get("audio") and session.n_joined == 1
    assert component(page("v" * 32, session=session.code), "vote_plane")["open"]
    _button(app, "Open joining again").click().run()
    assert component(waiting.run(), "vote_plane")["open"] and session.n_joined == 2


def test_the_teacher_removes_who_has_not_voted() -> None:
    session = opened()
    vote(session, "v" * 32, HAPPY.name)
    idle = page("w" * 32, session=session.code)
    app = page(TEACHER, session=session.code, view="voters")
    assert "2 of 200 places are taken" in words(app)
    assert "Voted on all clips: 0, on some: 1, on none: 1." in words(app)
    assert app.dataframe[0].value["Voted on"].tolist() == ["1 of 5 clips", "0 of 5 clips"]
    assert _button(app, "Remove selected").disabled
    _button(app, "Remove all who have not voted").click().run()
    assert not app.exception and session.has("v" * 32)
    assert app.dataframe[0].value["Removed"].tolist() == ["", "removed"]
    assert "removed this browser" in words(idle.run())
    assert "removed this browser" in words(page("w" * 32, session=session.code))  # a reload
    assert session.n_joined == 1


def test_a_list_without_voters_says_so() -> None:
    session = opened()
    app = page(TEACHER, session=session.code, view="voters")
    assert "Nobody has joined yet." in words(app) and not app.dataframe


def test_who_scans_the_picture_is_let_in_though_many_codes_were_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pictures: list[str] = []
    make = segno.make

    def draw(url: str, **how: Any) -> Any:
        pictures.append(url)
        return make(url, **how)

    monkeypatch.setattr(segno, "make", draw)
    monkeypatch.setattr(ContextProxy, "url", "http://192.0.2.9:8501/vote")  # phones reach it
    session = opened()
    assert "QR code of the link" in words(page(TEACHER, session=session.code))
    query = parse_qs(urlsplit(pictures[-1]).query)
    stop_time(monkeypatch)
    for i in range(MAX_GUESSES_OF_ALL):  # behind a proxy that gives no address
        sessions().find("wrong", f"script {i}")
    assert "Too many wrong codes" in words(page(session=session.code))
    assert component(page(session=query["session"][0]), "vote_plane")["open"]


def test_votes_are_shown_when_the_teacher_asks() -> None:
    session = opened()
    for i, mood in enumerate([HAPPY, HAPPY, SAD]):
        vote(session, str(i) * 32, mood.name)
    app = page(TEACHER, session=session.code, view="votes")
    assert not app.get("plotly_chart") and not app.get("audio")  # who still votes is not led
    _button(app, "Show all the same").click().run()
    assert session.is_open and not app.exception
    assert "3 of 3 have voted on this clip." in words(app)
    (figure,) = app.get("plotly_chart")
    assert "3 votes on the plane" in figure.proto.alt and "happy 2" in figure.proto.alt
    (counts,) = (table.value for table in app.table)
    assert counts.iloc[0].tolist() == [1, 2, 0, 1, 0] and len(counts) == 5


def test_agreement_is_shown_with_label_and_models() -> None:
    session = opened()
    app = page(TEACHER, session=session.code, view="agreement")
    assert not app.dataframe and "Voting is still open" in words(app)
    _button(app, "Close voting and show").click().run()
    assert not session.is_open
    assert "Agreement needs at least two voters" in words(app)
    session.set_open(True)
    labels = [str(clip.label) for clip in session.clips]
    for who in "ab":
        vote(session, who * 32, *labels)
    session.set_open(False)
    app = page(TEACHER, session=session.code, view="agreement")
    by_clip, among = (table.value for table in app.table)
    assert among["Agreement"].tolist()[:6] == ["1.00"] * 6  # the sixth: the label
    assert (
        "On 5 of 5 clips with several votes, more than half chose the same mood; on 5, everybody "
        "did." in words(app)
    )
    assert "intervals are given from 10 clips on" in words(app)
    assert "Label: the class's mood on 5 of 5 clips" in words(app)
    assert by_clip["Votes for it"].tolist() == ["2 of 2"] * 5
    assert by_clip["Class"].tolist() == by_clip["Label"].tolist()
    right = sum(clip.label in clip.named["Best (recommended)"] for clip in session.clips)
    assert f"Best (recommended): the class's mood on {right} of 5 clips" in words(app)
    assert any(" or " in moods for moods in by_clip["Best (recommended)"])


def test_one_clip_and_two_voters_have_no_coefficients() -> None:
    session = opened()
    for who in "ab":
        vote(session, who * 32, HAPPY.name)
    session.set_open(False)
    app = page(TEACHER, session=session.code, view="agreement")
    assert (
        "On 1 of 1 clip with several votes, more than half chose the same mood; on 1, everybody "
        "did." in words(app)
    )
    table = app.table[1].value
    assert set(table["Agreement"]) == {"– (too few clips)"}
    assert table["Based on"][0] == "0 pairs of voters for whom it is defined"


def test_agreement_tells_a_majority_from_a_tie_and_from_no_votes() -> None:
    session = opened()
    vote(session, "a" * 32, "happy", "happy", "sad")
    vote(session, "b" * 32, "happy", "happy", "angry")
    vote(session, "c" * 32, "happy", "sad")
    session.set_open(False)
    app = page(TEACHER, session=session.code, view="agreement")
    said = "On 2 of 3 clips with several votes, more than half chose the same mood; on 1, everybody"
    assert said in words(app)
    by_clip: pd.DataFrame = app.table[0].value
    moods = [mood.replace("\xa0", " ") for mood in by_clip["Class"]]
    assert moods[:4] == ["● happy", "● happy", "tie: ▲ angry and ■ sad", "no votes"]
    assert by_clip["Votes for it"].tolist() == ["3 of 3", "2 of 3", "1 of 2 each", "", ""]
    assert "–" not in by_clip.to_numpy()


def test_models_are_called_as_on_the_page_predict() -> None:
    assert clips.SYSTEMS == ROLES
    session = opened()
    vote(session, "a" * 32, HAPPY.name)
    session.set_open(False)
    app = page(TEACHER, session=session.code, view="agreement")
    links = {link.proto.page for link in app.get("page_link")}
    assert "predict" in links


def test_a_phone_shows_the_classs_moods_once_voting_is_closed() -> None:
    session = opened()
    for who, mood in (("a", HAPPY), ("b", HAPPY), ("v", SAD)):
        vote(session, who * 32, mood.name)
    app = page("v" * 32, session=session.code)
    assert not app.table
    session.set_open(False)
    app = page("v" * 32, session=session.code)
    (table,) = (table.value for table in app.table)
    assert HAPPY.name in table["Class"][0] and SAD.name in table["You"][0]
    assert table["Votes for it"][0] == "2 of 3"
    assert (table["Class"][1], table["You"][1]) == ("no votes", "no vote")
    assert all(clip.name not in words(app) for clip in session.clips)


def test_a_phone_is_thanked_after_the_end_and_after_the_last_vote() -> None:
    session = opened()
    vote(session, "v" * 32, *[HAPPY.name] * 5)
    app = page("v" * 32, session=session.code)
    assert app.success[0].value == "Done: all 5 clips voted"
    assert not [each for each in app.button if each.label == "Next clip"]
    sessions().end(session)
    app.run()
    assert app.success[0].value == "This class vote has ended. Thank you for your votes."
    assert not [each for each in app.button if each.label == "Open a session"]
    _button(app, "Join another").click().run()
    assert _button(app, "Open a session")


def test_a_teacher_goes_from_clip_to_clip_in_the_player() -> None:
    session = opened()
    session.set_open(False)
    app = page(TEACHER, session=session.code, view="votes")
    assert f"**Clip 1: {session.clips[0].name}**" in words(app).replace("\\", "")
    assert app.button(key="player-previous").disabled
    app.button(key="player-next").click().run()
    assert not app.exception
    assert f"**Clip 2: {session.clips[1].name[:20]}" in words(app).replace("\\", "")
    assert app.segmented_control(key="clip").value == 2
    assert component(app, "player_keys")["key"] == "player"

"""A class votes in real browsers: twenty at once, by touch, by keys, and once each."""

from __future__ import annotations

import io
import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import cohen_kappa_score

from mmc_core.moods import ANGRY, HAPPY, MOODS, RELAXED, SAD
from tests.support.browser import (
    download,
    end_class_vote,
    expect,
    fits,
    keep_picture,
    open_class_vote,
    open_page,
    opened,
    place,
    says,
    settle,
)

pytestmark = pytest.mark.browser
CHANGES_THE_APP = True

VOTERS, CLIPS = 20, 5
# A tap of its own at a moment that all browsers wait for; valence and arousal to pixels.
TAP = """(plane, [at, valence, arousal]) => setTimeout(() => {
    const chart = plane.querySelector("svg"), box = chart.getBoundingClientRect();
    const fields = [...chart.querySelectorAll(".quadrant")].map(e => e.getBoundingClientRect());
    const left = Math.min(...fields.map(e => e.left)), top = Math.min(...fields.map(e => e.top));
    const side = 2 * fields[0].width;
    const clientX = left + side * (valence + 1) / 2, clientY = top + side * (1 - arousal) / 2;
    chart.dispatchEvent(new MouseEvent("click", { clientX, clientY, bubbles: true }));
}, at - Date.now())"""


@pytest.fixture
def teacher(tab: Any, app: tuple[str, Path]) -> Iterator[tuple[Any, str]]:
    """The teacher's tab with a class vote, and its code."""
    code = open_class_vote(tab, app)
    yield tab, code
    end_class_vote(tab)


def show(teacher: Any, view: str) -> None:
    teacher.get_by_role("radio", name=view).click()
    settle(teacher)
    if view in ("Votes", "Agreement"):
        anyway = teacher.get_by_role("button", name="Show all the same")
        shown = teacher.locator(".js-plotly-plot, [data-testid=stTable]")
        expect(anyway.or_(shown.first).first).to_be_visible()
        if anyway.is_visible():
            anyway.click()
            settle(teacher)


def plane(phone: Any, code: str, clip: int) -> Any:
    return phone.locator(f".st-key-plane-{code}-{clip} .vote-plane")


def test_twenty_vote_at_once_and_the_kappa_is_that_of_the_export(
    browser: Any, app: tuple[str, Path], teacher: tuple[Any, str]
) -> None:
    tab, code = teacher
    rng = np.random.default_rng(8)
    common = rng.integers(0, len(MOODS), CLIPS)
    alike = rng.random((VOTERS, CLIPS)) < 0.6
    moods = np.where(alike, common, rng.integers(0, len(MOODS), (VOTERS, CLIPS)))
    with ExitStack() as stack:
        phones = [stack.enter_context(opened(browser, "phone")) for _ in range(VOTERS)]
        for phone in phones:
            phone.goto(f"{app[0]}/vote?session={code}", wait_until="commit")
        for clip in range(CLIPS):
            for phone in phones:
                phone.get_by_role("radio", name=str(clip + 1), exact=True).click()
            for phone in phones:
                expect(plane(phone, code, clip).locator("svg")).to_be_visible()
            at = 1000 * time.time() + 1500
            for voter, phone in enumerate(phones):
                mood = MOODS[moods[voter, clip]]
                place = (0.5 * mood.valence, 0.4 * mood.arousal)
                plane(phone, code, clip).evaluate(TAP, [at, *place])
            for phone in phones:
                expect(plane(phone, code, clip)).to_have_attribute("data-saved", "true")
    show(tab, "Agreement")
    _, content = download(tab, tab.get_by_role("button", name="Votes (CSV)"))
    votes = pd.read_csv(io.BytesIO(content))
    assert len(votes) == VOTERS * CLIPS
    by_voter = votes.set_index(["voter", "clip"])["mood"].unstack()  # noqa: PD010 - fails on duplicates
    assert by_voter.shape == (VOTERS, CLIPS) and not by_voter.isna().any(axis=None)
    expected = [tuple(MOODS[i].name for i in row) for row in moods]
    assert Counter(map(tuple, by_voter.to_numpy().tolist())) == Counter(expected)
    assert votes["valence"].abs().to_numpy() == pytest.approx(0.5, abs=0.02)
    assert votes["arousal"].abs().to_numpy() == pytest.approx(0.4, abs=0.02)

    kappas = [cohen_kappa_score(*pair) for pair in combinations(by_voter.to_numpy(), 2)]
    kappa = float(np.nanmean(kappas))
    tab.get_by_text("Agreement beyond chance").click()
    row = tab.get_by_role("row").filter(has_text="Cohen's kappa, mean over pairs")
    expect(row).to_contain_text(f"{kappa:.2f}")
    _, content = download(tab, tab.get_by_role("button", name="Results (JSON)"))
    assert json.loads(content)["cohen"]["kappa"] == pytest.approx(kappa)
    says(tab, f"{VOTERS} voters who voted on every clip")
    fits(tab)
    keep_picture(tab, "vote-agreement")
    show(tab, "Votes")
    says(tab, f"{VOTERS} of {VOTERS} have voted on this clip.")
    expect(tab.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    fits(tab)
    keep_picture(tab, "vote-votes")


def test_a_voter_changes_a_vote_by_keys_and_a_reload_votes_no_second_time(
    browser: Any, app: tuple[str, Path], teacher: tuple[Any, str]
) -> None:
    tab, code = teacher
    with opened(browser, "phone") as phone:
        open_page(phone, app, "vote")
        field = phone.get_by_label("Code", exact=True)
        field.fill(f"{code[:3].lower()} {code[3:].lower()}")
        field.press("Enter")
        first = plane(phone, code, 0)
        first.locator("svg").click(position={"x": 250, "y": 80})
        expect(first).to_have_attribute("data-saved", "true")
        expect(first.get_by_role("status")).to_contain_text(f"{HAPPY.name}. Saved")
        fits(phone)
        keep_picture(phone, "vote-phone")

        slider = phone.get_by_label("Valence, from unpleasant to pleasant")
        slider.focus()
        for _ in range(8):  # over the axis, on which there is no mood
            phone.keyboard.press("ArrowLeft")
        expect(first.get_by_role("status")).to_contain_text(f"{ANGRY.name}. Saved")
        expect(slider).to_be_focused()
        phone.get_by_role("button", name="Next clip").click()
        second = plane(phone, code, 1)
        second.get_by_label("Valence, from").press("ArrowRight")
        expect(second.get_by_role("status")).to_have_text("Now move the other slider too.")
        second.get_by_label("Arousal, from").press("ArrowLeft")
        expect(second.get_by_role("status")).to_contain_text(f"{RELAXED.name}. Saved")

        phone.reload()
        settle(phone)
        expect(second.get_by_role("status")).to_contain_text(RELAXED.name)
        phone.get_by_role("radio", name="1", exact=True).click()
        expect(first.get_by_role("status")).to_contain_text(ANGRY.name)
        first.locator("svg").click(position={"x": 80, "y": 250})
        expect(first.get_by_role("status")).to_contain_text(f"{SAD.name}. Saved")
        says(phone, "You have voted on 2 of 5. Left: 3, 4 and 5.")

        tab.get_by_role("button", name="Close voting", exact=True).click()
        expect(first.get_by_role("status")).to_contain_text("Voting is closed.")
        expect(phone.get_by_label("Valence, from")).to_be_disabled()
    show(tab, "Agreement")
    _, content = download(tab, tab.get_by_role("button", name="Votes (CSV)"))
    votes = pd.read_csv(io.BytesIO(content))
    assert votes["mood"].tolist() == [SAD.name, RELAXED.name]
    assert len(set(votes["voter"])) == 1


def test_a_vote_whose_message_is_lost_is_sent_again(
    browser: Any, app: tuple[str, Path], teacher: tuple[Any, str]
) -> None:
    tab, code = teacher
    lost: list[Any] = []
    is_reached = True

    def pass_on(socket: Any) -> None:
        server = socket.connect_to_server()

        def send(message: Any) -> None:
            if is_reached or lost:
                server.send(message)
            else:
                lost.append(message)

        socket.on_message(send)

    with opened(browser, "phone") as phone:
        phone.route_web_socket(re.compile("/_stcore/stream"), pass_on)
        open_page(phone, app, f"vote?session={code}")
        first = plane(phone, code, 0)
        expect(first.locator("svg")).to_be_visible()
        is_reached = False
        first.locator("svg").click(position={"x": 250, "y": 80})
        expect(first.get_by_role("status")).to_contain_text(f"{HAPPY.name}. Saved")
        assert len(lost) == 1
    show(tab, "Votes")
    says(tab, "1 of 1 have voted on this clip.")


def test_only_the_teachers_browser_sees_votes(
    browser: Any, app: tuple[str, Path], teacher: tuple[Any, str]
) -> None:
    tab, code = teacher
    with opened(browser) as other:
        open_page(other, app, f"vote?session={code}&view=votes")
        expect(plane(other, code, 0).locator("svg")).to_be_visible()
        expect(other.get_by_role("button", name="Close voting")).to_have_count(0)
        expect(other.locator(".js-plotly-plot")).to_have_count(0)
    tab.goto(f"{app[0]}/vote")  # without its code: the cookie is enough
    expect(tab.locator(".class-vote-code")).to_be_visible()
    says(tab, "Phones cannot open this link")


def test_the_teacher_closes_the_door_and_removes_a_voter(
    browser: Any, app: tuple[str, Path], teacher: tuple[Any, str]
) -> None:
    tab, code = teacher
    address = f"vote?session={code}"
    with ExitStack() as stack:
        stays, goes, late = (stack.enter_context(opened(browser, "phone")) for _ in range(3))
        for phone in (stays, goes):
            open_page(phone, app, address)
            first = plane(phone, code, 0)
            first.locator("svg").click(position={"x": 250, "y": 80})
            expect(first).to_have_attribute("data-saved", "true")
        tab.get_by_role("button", name="Close joining").click()
        says(tab, "Joining is closed")
        open_page(late, app, address)
        says(late, "The teacher has closed joining")

        show(tab, "Voters")
        says(tab, "2 of 200 places are taken.")
        box = place(tab, tab.get_by_test_id("stDataFrame"))
        tab.mouse.click(box["x"] + 15, box["y"] + 35 + 35 + 17)  # the second row's
        remove = tab.get_by_role("button", name="Remove selected")
        expect(remove).to_be_enabled()
        tab.wait_for_timeout(5000)  # the list is drawn anew, and the row stays selected
        remove.click()
        says(tab, "1 of 200 places are taken.")
        says(goes, "The teacher has removed this browser from the class vote.")
        fits(tab)
        for phone in (goes, late):
            fits(phone)
        show(tab, "Votes")
        says(tab, "1 of 1 have voted on this clip.")

        tab.get_by_role("button", name="Open joining again").click()
        for phone in (stays, late):  # it joins by itself
            expect(plane(phone, code, 0).locator("svg")).to_be_visible()
        says(tab, "1 of 2 have voted on this clip.")
        says(goes, "The teacher has removed this browser from the class vote.")


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_class_vote_fits(browser: Any, app: tuple[str, Path], size: str) -> None:
    with opened(browser, size) as tab:
        code = open_class_vote(tab, app)
        fits(tab)
        keep_picture(tab, "vote-join")
        with opened(browser, size) as voter:
            open_page(voter, app, f"vote?session={code}")
            fits(voter)
        for view in ("Voters", "Votes", "Agreement"):
            show(tab, view)
            fits(tab)
        end_class_vote(tab)

"""Comparisons of made-up datasets whose answer is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

import pandas as pd
import pytest

from mmc_core import datasets
from mmc_core._typing import no_progress
from mmc_core.comparison import compare, conclusions, draws, store, transfer
from mmc_core.comparison.result import Comparison
from mmc_core.errors import MMCError
from mmc_core.jobs import comparison as jobs
from mmc_core.moods import NAMES
from mmc_core.saved.comparison import COMPARISON, MEASURES
from tests.support.dataset import made_table
from tests.support.tables import moods_apart

EASY, HARD, THIRD = "easy", "hard", "third"
TWO = (NAMES[0], NAMES[3])


def build(table: pd.DataFrame, name: str, folder: str) -> None:
    path = f"{folder}/{name}.csv"
    table.to_csv(path, index=False)
    datasets.build_dataset(path, name, title=name.title())


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A cache with three datasets: moods far apart in the first, mixed in the others."""
    folder = str(tmp_path_factory.mktemp("comparison"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MMC_CACHE", folder)
        patch.setattr(draws, "DRAWS", 3)
        for module in (compare, transfer):
            patch.setattr(module, "DRAWS", 3)
            patch.setattr(module, "NETWORK_DRAWS", 1)
        patch.setattr(compare, "ACCURACY_SHUFFLES", 9)
        patch.setattr(transfer, "NETWORK", "cnn1d-small")
        for name, apart, seed in ((EASY, 2.0, 1), (HARD, 0.0, 2), (THIRD, 0.0, 3)):
            build(moods_apart(made_table(), apart, seed), name, folder)
        yield folder


@pytest.fixture(autouse=True)
def shared_cache(own_cache: object, cache: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MMC_CACHE", cache)


@pytest.fixture
def classifiers_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "_by_network", lambda draws: [])


def test_the_easy_one_is_found(cache: str, classifiers_only: None, one_process: None) -> None:
    steps: list[tuple[int, int]] = []
    comparison = compare.work_out([EASY, HARD], NAMES, lambda *step: steps.append(step))
    easy, hard = (comparison.separability[name] for name in (EASY, HARD))
    assert comparison.n == 20
    assert easy["accuracy"].value > 0.9
    assert easy["accuracy"].p == pytest.approx(1 / 10)
    assert easy["purity"].p == pytest.approx(1 / 201, rel=1e-5)
    assert hard["accuracy"].value < 0.4
    assert hard["purity"].p > 0.05
    for one in (easy, hard):
        for measure in MEASURES:
            assert one[measure].low <= one[measure].value <= one[measure].high
    (difference,) = comparison.differences
    assert difference.accuracy.low > 0.4
    assert comparison.lead(HARD, EASY) == difference.accuracy.turned()
    assert min(effect[EASY] - effect[HARD] for effect in comparison.effects.values()) > 0.4
    assert steps == [(i + 1, steps[-1][1]) for i in range(len(steps))]
    answer = conclusions.answer(comparison)
    assert "Easy is the easiest" in answer[0]
    assert "20 clips per mood" in answer[1]
    assert f"{100 * easy['accuracy'].value:.0f}\N{NO-BREAK SPACE}%" in answer[0]
    assert len(answer) == 4
    assert repr(comparison) == "\n".join(answer)
    assert "<td>" in comparison._repr_html_()
    assert Comparison.from_data(COMPARISON.parse(comparison.to_json(), "x")) == comparison


@pytest.mark.slow
def test_seeds_decide_everything(cache: str, classifiers_only: None, one_process: None) -> None:
    one, other = (compare.work_out([EASY, HARD], NAMES, no_progress) for _ in range(2))
    assert one == other


def test_no_winner_and_two_moods(cache: str, classifiers_only: None, one_process: None) -> None:
    comparison = compare.work_out([HARD, THIRD], TWO, no_progress)
    assert "No dataset is clearly the easiest" in conclusions.answer(comparison)[0]
    assert comparison.moods == list(TWO)
    assert comparison.separability[HARD]["accuracy"].chance == 0.5
    assert "arousal" not in comparison.separability[HARD]
    assert comparison.transfer[0].scores == ["accuracy"]
    assert "--moods" in comparison.command
    pair = [HARD, THIRD]
    assert store.saved_path(pair, TWO) != store.saved_path(pair)
    store.save(comparison)
    assert compare.compare(pair, moods=TWO) == comparison


@pytest.mark.slow
def test_networks_transfer_too(cache: str) -> None:
    comparison = compare.work_out([EASY, HARD], NAMES, no_progress)
    networks = [each for each in comparison.transfer if each.model == "cnn1d-small"]
    pairs = {(a, b) for a in (EASY, HARD) for b in (EASY, HARD)}
    assert {(each.train, each.test) for each in networks} == pairs
    assert all(0 <= each.accuracy.low <= each.accuracy.high <= 1 for each in networks)
    assert comparison.models[-1] == "cnn1d-small"


def test_what_is_saved_is_used_until_a_dataset_changes(cache: str) -> None:
    pair = [EASY, THIRD]
    comparison = compare.from_summaries(pair, NAMES)
    assert store.load(pair) is None
    path = store.save(comparison)
    assert path.parent.name == "comparisons"
    assert store.load(list(reversed(pair))) == comparison
    before = path.read_bytes()
    store.save(replace(comparison, effects=_nudged(comparison.effects)))
    assert path.read_bytes() == before  # another processor's last digits
    build(moods_apart(made_table(), 1.0, 5), THIRD, cache)
    assert store.load(pair) is None
    build(moods_apart(made_table(), 0.0, 3), THIRD, cache)
    assert store.load(pair) == comparison


def _nudged(effects: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    return {
        feature: {name: value * (1 + 1e-13) for name, value in effect.items()}
        for feature, effect in effects.items()
    }


def test_no_two_sets_of_datasets_share_a_file() -> None:
    ids = ["a", "b", "c", "a-b", "b-c", "a-b-c", "happy", "b-happy-sad"]
    sets = [list(some) for n in (2, 3) for some in combinations(ids, n)]
    paths = {store.saved_path(some, moods) for some in sets for moods in (NAMES, NAMES[::2])}
    assert len(paths) == 2 * len(sets)


def test_damaged_comparisons_are_made_anew(cache: str) -> None:
    path = store.saved_path([EASY, HARD])
    path.parent.mkdir(exist_ok=True)
    for content in (b"{", b"[]", b'{"of": 1}', b"\xff"):
        path.write_bytes(content)
        assert store.load([EASY, HARD]) is None
    path.unlink()


def test_senseless_comparisons_are_refused() -> None:
    for ids, moods, says in (
        (["4qaed"], NAMES, "expected at least two different ones"),
        (["4qaed", "4qaed"], NAMES, "expected at least two different ones"),
        (["4qaed", "gtzan"], NAMES, "no dataset 'gtzan'"),
        (["4qaed", "turkish"], NAMES[:1], "expected at least two of"),
        (["4qaed", "turkish"], ("bored", "sad"), "expected at least two of"),
    ):
        with pytest.raises(MMCError, match=says):
            compare.compare(ids, moods=moods)


def test_a_dataset_without_a_mood_is_said(
    table: pd.DataFrame, cache: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(table[table["mood"] != NAMES[1]], "without", cache)
    with pytest.raises(MMCError, match=f"Without has no clips that are {NAMES[1]}"):
        compare.check(["without", "4qaed"], NAMES)


def few_groups(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["group"].str.split().str[-1].astype(int) < 3]


def test_too_few_groups_are_said(table: pd.DataFrame, cache: str) -> None:
    """Also by a process of its own."""
    build(few_groups(table), "few", cache)
    with pytest.raises(MMCError, match="3 of the rarest mood"):
        compare.compare(["few", EASY])
    with pytest.raises(MMCError, match="3 of the rarest mood"):
        list(jobs.watch(["few", EASY], NAMES))


def test_summaries_alone_say_what_they_can(
    own_cache: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Turkish has no table in an empty cache."""
    monkeypatch.setenv("MMC_CACHE", str(own_cache))
    comparison = compare.from_summaries(["4qaed", "turkish"], NAMES)
    assert list(comparison.missing) == ["turkish"]
    assert "datasets fetch turkish" in comparison.missing["turkish"]
    assert len(comparison.shift) == 55
    (sentence,) = conclusions.answer(comparison)
    assert "From the summaries alone, Turkish Music Emotion" in sentence
    assert comparison.missing["turkish"] in conclusions.caveats(comparison)
    assert "separability" not in comparison.to_json()


@pytest.mark.slow
def test_a_page_watches_a_process_of_its_own(cache: str) -> None:
    """With the numbers of draws of every day: patches do not reach another process."""
    steps = list(jobs.watch([EASY, HARD], TWO))
    assert steps[-1][0] <= steps[-1][1]
    assert max(done for done, _ in steps) > 10
    assert store.load([EASY, HARD], TWO)
    assert not jobs.is_under_way([EASY, HARD], TWO)

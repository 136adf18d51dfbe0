"""Comparisons: of made-up datasets whose answer is known, and those that are kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from mmc_core import datasets
from mmc_core.cli.main import main
from mmc_core.comparison import compare, conclusions, projection
from mmc_core.errors import MMCError
from mmc_core.features.schema import BY_NAME, ORIGINAL_57
from mmc_core.figures import comparison as figures
from mmc_core.jobs import background
from mmc_core.moods import NAMES

EASY, HARD = "easy", "hard"
KEPT = sorted(
    (datasets.DATASETS["4qaed"].summary_path.parent.parent / "comparisons").glob("*.json")
)


def made(table: pd.DataFrame, apart: float, seed: int) -> pd.DataFrame:
    """The made-up table anew, its moods so many standard deviations apart in every feature."""
    rng = np.random.default_rng(seed)
    level = table["mood"].map({mood: i for i, mood in enumerate(NAMES)}).to_numpy(dtype=float)
    changed = table.copy()
    for name in ORIGINAL_57:
        if not BY_NAME[name].categories:
            changed[name] = apart * level + rng.normal(size=len(table))
    return changed


@pytest.fixture
def pair(table: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two datasets of one's own: moods far apart in the one, mixed in the other."""
    for name, apart, seed in ((EASY, 2.0, 1), (HARD, 0.0, 2)):
        made(table, apart, seed).to_csv(tmp_path / f"{name}.csv", index=False)
        datasets.build_dataset(tmp_path / f"{name}.csv", name, title=name.title())
    monkeypatch.setattr(compare, "DRAWS", 3)
    monkeypatch.setattr(compare, "NETWORK_DRAWS", 1)
    monkeypatch.setattr(compare, "ACCURACY_SHUFFLES", 9)
    monkeypatch.setattr(compare, "NETWORK", "cnn1d-small")
    return [EASY, HARD]


@pytest.fixture
def plain_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compare._Judged, "_networks", lambda self: [])


def quietly(ids: list[str], moods: tuple[str, ...] = NAMES) -> dict[str, Any]:
    return compare.compare(ids, moods, lambda *_: None)


def test_the_easy_one_is_found(pair: list[str], plain_only: None) -> None:
    steps: list[tuple[int, int]] = []
    found = compare.compare(pair, NAMES, lambda *step: steps.append(step))
    easy, hard = (found["separability"][name] for name in pair)
    assert found["n"] == 20
    assert easy["accuracy"]["value"] > 0.9
    assert easy["accuracy"]["p"] == pytest.approx(1 / 10)
    assert easy["purity"]["p"] == pytest.approx(1 / 201)
    assert hard["accuracy"]["value"] < 0.4
    assert hard["purity"]["p"] > 0.05
    for one in (easy, hard):
        for measure in compare.MEASURES:
            assert one[measure]["low"] <= one[measure]["value"] <= one[measure]["high"]
    (difference,) = found["differences"]
    assert difference["accuracy"]["low"] > 0.4
    assert (
        min(found["effects"][n][EASY] - found["effects"][n][HARD] for n in found["effects"]) > 0.4
    )
    assert steps == [(i + 1, steps[-1][1]) for i in range(len(steps))]
    answer = conclusions.answer(found)
    assert "Easy is the easiest" in answer[0]
    assert "20 clips a mood" in answer[0]
    assert f"{100 * easy['accuracy']['value']:.0f}\N{NO-BREAK SPACE}%" in answer[0]
    assert len(answer) == 3
    assert quietly(pair) == found  # seeds decide everything


def test_no_winner_is_said_where_there_is_none(
    table: pd.DataFrame, tmp_path: Path, pair: list[str], plain_only: None
) -> None:
    made(table, 0.0, 3).to_csv(tmp_path / "third.csv", index=False)
    datasets.build_dataset(tmp_path / "third.csv", "Third")
    found = quietly([HARD, "third"])
    assert "no dataset is clearly the easiest" in conclusions.answer(found)[0]


def test_some_moods_only(pair: list[str], plain_only: None) -> None:
    some = (NAMES[0], NAMES[3])
    found = quietly(pair, some)
    assert found["moods"] == list(some)
    assert found["separability"][EASY]["accuracy"]["chance"] == 0.5
    assert "--moods" in found["command"]
    assert compare.kept_path(pair, some) != compare.kept_path(pair)


@pytest.mark.slow
def test_networks_transfer_too(pair: list[str]) -> None:
    found = quietly(pair)
    networks = [e for e in found["transfer"] if e["model"] == "cnn1d-small"]
    assert {(e["train"], e["test"]) for e in networks} == {(a, b) for a in pair for b in pair}
    assert all(0 <= e["accuracy"]["low"] <= e["accuracy"]["high"] <= 1 for e in networks)


def test_what_is_kept_is_used_until_a_dataset_changes(
    pair: list[str], table: pd.DataFrame, tmp_path: Path
) -> None:
    found = compare.from_summaries(pair, NAMES)
    assert compare.kept(pair) is None
    path = compare.keep(found)
    assert path.parent.name == "comparisons"
    assert compare.kept(list(reversed(pair))) == json.loads(path.read_text())
    made(table, 1.0, 5).to_csv(tmp_path / "easy.csv", index=False)
    datasets.build_dataset(tmp_path / "easy.csv", EASY, title="Easy")
    assert compare.kept(pair) is None


@pytest.mark.parametrize(
    ("ids", "moods", "says"),
    [
        (["4qaed"], NAMES, "expected at least two different ones"),
        (["4qaed", "4qaed"], NAMES, "expected at least two different ones"),
        (["4qaed", "gtzan"], NAMES, "no dataset 'gtzan'"),
        (["4qaed", "turkish"], NAMES[:1], "expected at least two of"),
        (["4qaed", "turkish"], ("bored", "sad"), "expected at least two of"),
    ],
)
def test_senseless_comparisons_are_refused(
    ids: list[str], moods: tuple[str, ...], says: str
) -> None:
    with pytest.raises(MMCError, match=says):
        compare.check(ids, moods)


def test_a_dataset_without_a_mood_is_said(table: pd.DataFrame, tmp_path: Path) -> None:
    table[table["mood"] != NAMES[1]].to_csv(tmp_path / "t.csv", index=False)
    datasets.build_dataset(tmp_path / "t.csv", "Without")
    with pytest.raises(MMCError, match=f"Without has no clips that are {NAMES[1]}"):
        compare.check(["without", "4qaed"], NAMES)


def test_too_few_groups_are_said(table: pd.DataFrame, tmp_path: Path, pair: list[str]) -> None:
    few = table[table["group"].str.split().str[-1].astype(int) < 3]
    few.to_csv(tmp_path / "few.csv", index=False)
    datasets.build_dataset(tmp_path / "few.csv", "Few")
    with pytest.raises(MMCError, match="3 of the rarest mood"):
        quietly(["few", EASY])


def test_summaries_alone_say_what_they_can() -> None:
    """Turkish has no table in an empty cache."""
    found = compare.from_summaries(["4qaed", "turkish"], NAMES)
    assert list(found["missing"]) == ["turkish"]
    assert "datasets fetch turkish" in found["missing"]["turkish"]
    assert len(found["shift"]) == 55
    (sentence,) = conclusions.answer(found)
    assert "From the summaries alone, Turkish Music Emotion" in sentence
    assert found["missing"]["turkish"] in conclusions.caveats(found)


# ---- what is kept in the project -----------------------------------------------------------


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_kept_comparisons_are_of_the_datasets_as_they_are(path: Path) -> None:
    found = json.loads(path.read_text())
    assert compare.kept(found["datasets"]) == found
    assert found["missing"] == {}
    assert path == compare.kept_path(found["datasets"])
    assert found["command"] == f"python -m mmc_core compare {' '.join(found['datasets'])}"
    n = len(found["datasets"])
    assert len(found["transfer"]) == 3 * n * n
    assert len(found["differences"]) == n * (n - 1) / 2
    for one in found["separability"].values():
        assert one["accuracy"]["p"] < 0.05
        assert one["accuracy"]["low"] > one["accuracy"]["chance"]
    assert len(conclusions.answer(found)) == 3


def test_every_set_of_the_projects_datasets_is_kept() -> None:
    n = len(datasets.DATASETS)
    assert len(KEPT) == 2**n - n - 1


@pytest.mark.slow
def test_a_kept_comparison_comes_out_again(mirror: Path) -> None:
    """Without the networks, whose last digits depend on the machine."""
    datasets.get("turkish").fetch()
    kept = compare.kept(["4qaed", "turkish"])
    assert kept
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compare._Judged, "_networks", lambda self: [])
        found = compare._rounded(quietly(["4qaed", "turkish"]))
    kept["transfer"] = [entry for entry in kept["transfer"] if entry["model"] != compare.NETWORK]
    again, before = (pd.json_normalize(_indexed(each)).iloc[0].to_dict() for each in (found, kept))
    assert set(again) == set(before)
    for key, value in before.items():
        # An answer more or less may tip on another machine; what is not learned may not.
        learned = str(key).split(".")[0] in ("separability", "differences", "by_group", "transfer")
        if isinstance(value, float):
            value = pytest.approx(value, rel=1e-4, abs=0.01 if learned else 1e-9)
        assert again[key] == value, key


def _indexed(content: Any) -> Any:
    """Lists as mappings, so that every number has a name."""
    if isinstance(content, dict):
        return {key: _indexed(value) for key, value in content.items()}
    return _indexed(dict(enumerate(content))) if isinstance(content, list) else content


def test_the_command_prints_one_document() -> None:
    """From what is kept: at once, and the same each time."""
    runs = [
        CliRunner().invoke(main, ["compare", *ids, "--json"])
        for ids in (["turkish", "4qaed"], ["4qaed", "turkish"])
    ]
    assert [run.exit_code for run in runs] == [0, 0]
    assert runs[0].stdout == runs[1].stdout
    found = json.loads(runs[0].stdout)
    assert len(found["answer"]) == 3
    assert found["caveats"]
    said = CliRunner().invoke(main, ["compare", "4qaed", "turkish"]).stdout
    assert found["answer"][0] in said


def test_wrong_use_of_the_command() -> None:
    for arguments in (["4qaed"], ["4qaed", "turkish", "--moods", "bored,sad"]):
        run = CliRunner().invoke(main, ["compare", *arguments])
        assert run.exit_code == 2
        assert "expected" in run.stderr


@pytest.mark.slow
def test_a_page_watches_a_process_of_its_own(pair: list[str]) -> None:
    steps = list(background.comparing(pair, NAMES))
    assert steps[-1][0] <= steps[-1][1]
    assert max(done for done, _ in steps) > 10
    assert compare.kept(pair)
    assert not background.is_comparing(pair, NAMES)


def test_a_process_that_fails_says_why(
    table: pd.DataFrame, tmp_path: Path, pair: list[str]
) -> None:
    few = table[table["group"].str.split().str[-1].astype(int) < 3]
    few.to_csv(tmp_path / "few.csv", index=False)
    datasets.build_dataset(tmp_path / "few.csv", "Few")
    with pytest.raises(MMCError, match="3 of the rarest mood"):
        list(background.comparing(["few", EASY], NAMES))


# ---- the map -------------------------------------------------------------------------------


@pytest.mark.parametrize("method", projection.METHODS)
def test_a_map_shows_every_clip_once(table: pd.DataFrame, method: str) -> None:
    tables = {"one": made(table, 3.0, 1), "other": made(table, 3.0, 2)}
    points = projection.project(tables, NAMES, method)
    assert len(points) == 2 * len(table)
    assert not points.duplicated(["dataset", "clip"]).any()
    assert np.isfinite(points[["x", "y"]].to_numpy()).all()
    means = points.pivot_table(index="dataset", columns="mood", values="x")[list(NAMES)]
    assert abs((means.loc["one"] - means.loc["other"]).to_numpy()).max() < 1
    steps = np.diff(means.to_numpy(), axis=1)
    assert (np.sign(steps) == np.sign(steps[0, 0])).all()  # moods in a row, as they were made


def test_discriminants_do_not_find_what_is_not_there(table: pd.DataFrame) -> None:
    """In the space of the clips learned from noise lies apart; held out it does not."""
    noise = {"one": made(table, 0.0, 1)}
    points = projection.project(noise, NAMES, "lda")
    spread = points[["x", "y"]].std().mean()
    assert points.groupby("mood")[["x", "y"]].mean().abs().to_numpy().max() < 0.35 * spread


@pytest.mark.parametrize("most", [40, 150])
def test_a_map_shows_no_more_of_a_dataset_than_it_may(
    table: pd.DataFrame, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """Also where more clips than that could be learned from: 20 groups a mood."""
    monkeypatch.setattr(projection, "MAX_CLIPS", most)
    points = projection.project({"one": table, "other": table.iloc[::2]}, NAMES, "pca")
    assert points["dataset"].value_counts().to_dict() == {"one": most, "other": min(most, 100)}
    assert not points.duplicated(["dataset", "clip"]).any()
    assert points.groupby(["dataset", "mood"]).size().min() >= 10


def test_a_map_of_two_moods_has_two_axes(table: pd.DataFrame) -> None:
    points = projection.project({"one": table}, NAMES[:2], "lda")
    assert set(points["mood"]) == set(NAMES[:2])


# ---- figures -------------------------------------------------------------------------------


@pytest.fixture
def kept_pair() -> tuple[dict[str, Any], dict[str, str]]:
    found = compare.kept(["4qaed", "turkish"])
    assert found
    return found, {id_: datasets.get(id_).title for id_ in ("4qaed", "turkish")}


def test_figures_hold_the_numbers(kept_pair: tuple[dict[str, Any], dict[str, str]]) -> None:
    found, titles = kept_pair
    measures = figures.separability(found, titles)
    dots = [t for t in measures.plot.data if t.mode == "markers"]
    assert dots[0].x[0] == pytest.approx(100 * found["separability"]["4qaed"]["accuracy"]["value"])
    assert len(measures.data) == len(compare.MEASURES) * 2
    effects = figures.effects(found, titles)
    assert len(effects.data) == 55
    groups = figures.by_group(found, titles)
    assert groups.data["turkish"].max() == max(found["by_group"]["turkish"].values())
    matrix = figures.transfer(found, compare.PLAIN, "valence", titles)
    assert np.shape(matrix.plot.data[0].z) == (2, 2)
    assert "Trained on" in matrix.plot.layout.yaxis.title.text
    for figure in (measures, effects, groups, matrix):
        assert len(figure.plot.to_json()) < 300_000
        assert figure.alt


def test_a_shift_turns_with_its_direction(
    kept_pair: tuple[dict[str, Any], dict[str, str]],
) -> None:
    found, titles = kept_pair
    there = figures.shift_table(found, "4qaed", "turkish", titles)
    back = figures.shift_table(found, "turkish", "4qaed", titles)
    assert (there["difference"] + back["difference"]).abs().max() == 0
    assert there["difference"].abs().is_monotonic_decreasing
    drawn = figures.shift(found, "4qaed", "turkish", titles).plot
    beyond, within = drawn.data[1], drawn.data[2]
    assert len(beyond.x) + len(within.x) == figures.SHOWN
    assert set(there["feature"][there["beyond"]].head(3)) <= set(there["feature"])


def test_a_map_of_three_large_datasets_is_small() -> None:
    n = projection.MAX_CLIPS
    assert n >= max(sum(dataset.clips().values()) for dataset in datasets.DATASETS.values())
    titles = {id_: id_.title() for id_ in ("one", "other", "third")}
    x, y = np.random.default_rng(5).normal(size=(2, 3 * n))
    points = pd.DataFrame(
        {
            "dataset": np.repeat(list(titles), n),
            "clip": [f"Q1_a-name-of-28-letters/{i:04}" for i in range(3 * n)],
            "mood": np.resize(NAMES, 3 * n),
            "x": x,
            "y": y,
        }
    )
    assert len(figures.clip_map(points, titles, ("a", "b")).plot.to_json()) < 300_000


def test_the_map_is_small_and_names_clips() -> None:
    points = projection.project({"4qaed": datasets.get("4qaed").table()}, NAMES, "pca")
    figure = figures.clip_map(points, {"4qaed": "4QAED"}, ("a", "b"))
    assert len(figure.plot.to_json()) < 300_000
    named = [
        name
        for trace in figure.plot.data
        if trace.customdata is not None
        for name in trace.customdata
    ]
    assert sorted(named) == sorted(points["clip"])

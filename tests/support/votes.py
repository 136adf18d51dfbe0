"""A made-up vote: three run folders with tiny networks on images, and the vote among them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import onnx
import pandas as pd
from onnx import TensorProto, helper, numpy_helper

from mmc_core import runs
from mmc_core.features import images
from mmc_core.learning.scores import most_likely, score
from mmc_core.moods import NAMES
from mmc_core.runs import writing
from tests.support.runs import run_info

KINDS = tuple(images.IMAGES)
WIDTH, HEIGHT = 20, 10
VOTE = "tiny-vote"


def write_vote() -> runs.Run:
    """The vote and its three members, in the models folder, served as model 2."""
    for seed, kind in enumerate(KINDS):
        weights = np.random.default_rng(seed).normal(0, 1e-3, (HEIGHT * WIDTH, len(NAMES)))
        member = _write_run(
            f"tiny-{kind}",
            kind="cnn2d",
            title=f"2D CNN on {kind}",
            input=kind,
            size=[WIDTH, HEIGHT],
        )
        _write_network(member, weights, np.zeros(len(NAMES)))
    members = [f"tiny-{kind}" for kind in KINDS]
    vote = _write_run(VOTE, kind="vote", title="vote of three 2D CNNs", members=members)
    writing.update_info(vote, members=members)
    (vote.path.parent / "serving.json").write_text(f'{{"2": "{VOTE}"}}')
    return vote


def always_say(answers: Sequence[Sequence[float]]) -> None:
    """Make the three networks give these probabilities whatever they hear. (3, 4)"""
    for kind, p in zip(KINDS, answers, strict=True):
        member = runs.find(f"tiny-{kind}")
        _write_network(member, np.zeros((HEIGHT * WIDTH, len(NAMES))), np.log(np.array(p) + 1e-9))


def _write_run(name: str, **recipe: object) -> runs.Run:
    run = runs.new_run(name)
    writing.write_info(
        run,
        run_info(
            recipe={"name": name, "dataset": "4qaed", "seed": 0, **recipe},
            data={"n": 100, "sha256": ""},
            features={"fingerprint": images.fingerprint()},
        ),
    )
    held_out = _held_out()
    writing.write_predictions(run, held_out)
    writing.write_scores(run, score(held_out, seed=0))
    return run


def _held_out() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    probabilities = rng.dirichlet(np.ones(len(NAMES)), 40)
    return pd.DataFrame(
        {
            "repeat": 1,
            "fold": 1,
            "clip": [f"clip {i}" for i in range(40)],
            "mood": [NAMES[i % 4] for i in range(40)],
            "group": [f"group {i // 2}" for i in range(40)],
            **dict(zip(NAMES, probabilities.T, strict=True)),
            "predicted": most_likely(probabilities),
            "majority": 0.25,
            "group_majority": np.nan,
            "shuffled": 0.25,
        }
    )


def _write_network(run: runs.Run, weights: np.ndarray, bias: np.ndarray) -> None:
    """Softmax of a linear function of all pixels."""
    name = run.info.recipe["input"]
    graph = helper.make_graph(
        [
            helper.make_node("Flatten", [name], ["pixels"]),
            helper.make_node("Gemm", ["pixels", "weights", "bias"], ["logits"]),
            helper.make_node("Softmax", ["logits"], ["probabilities"]),
        ],
        "tiny",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", HEIGHT, WIDTH])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["n", len(NAMES)])],
        [
            numpy_helper.from_array(weights.astype(np.float32), "weights"),
            numpy_helper.from_array(bias.astype(np.float32), "bias"),
        ],
    )
    opset = [helper.make_opsetid("", 17)]
    onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=10), run.model_path)

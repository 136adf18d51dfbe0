from __future__ import annotations

import pytest

from mmc_core import recipes
from mmc_core.errors import RecipeError, UnknownName


def test_the_originals_network() -> None:
    recipe = recipes.load("cnn1d")
    assert (recipe.filters, recipe.kernels, recipe.dense) == ([16, 32, 32], [5, 7, 7], [128, 64])
    assert (recipe.dropout, recipe.learning_rate) == (0.2, 1e-4)
    assert (recipe.batch_size, recipe.epochs) == (16, 80)


@pytest.mark.parametrize("name", recipes.names())
def test_every_recipe_loads(name: str) -> None:
    assert recipes.load(name).name == name


def test_settings_are_put_in_place() -> None:
    recipe = recipes.load("cnn1d", ["dataset=turkish", "epochs=3", "dropout=0", "dense=[8]"])
    assert (recipe.dataset, recipe.epochs, recipe.dropout, recipe.dense) == ("turkish", 3, 0.0, [8])


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ("epochs", "expected key=value"),
        ("speed=3", "expected key=value with a key among"),
        ("epochs=many", "expected a value of type int"),
        ("epochs=2.5", "expected a value of type int"),
        ("epochs=true", "expected a value of type int"),
        ("epochs=0", "epochs is 0"),
        ("learning_rate=-1", "learning_rate is -1"),
        ("dropout=1", "dropout is 1"),
        ("filters=[3]", "1 filters and 3 kernels"),
        ("network=vgg", "network is 'vgg'"),
        ("dense=[]", "dense is []"),
        ("kernels=[0,1,1]", "kernels is [0, 1, 1]"),
        ('filters=["a","b","c"]', "filters is"),
        ("seed=-1", "seed is -1"),
        ("learning_rate=nan", "learning_rate is nan"),
        ("learning_rate=inf", "learning_rate is inf"),
        ("name=x", "expected key=value with a key among"),
    ],
)
def test_senseless_settings_are_refused(setting: str, says: str) -> None:
    with pytest.raises(RecipeError, match=says.replace("[", r"\[")):
        recipes.load("cnn1d", [setting])


@pytest.mark.parametrize("name", ["transformer", "../cnn1d", ""])
def test_unknown_recipes_are_refused(name: str) -> None:
    with pytest.raises(UnknownName, match="expected one of cnn1d"):
        recipes.load(name)

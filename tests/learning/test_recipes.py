"""Recipes as files say them, and what is refused."""

from __future__ import annotations

import re

import pytest

from mmc_core import datasets
from mmc_core.errors import RecipeError, UnknownName
from mmc_core.features.images import IMAGES
from mmc_core.features.schema import ORIGINAL_57
from mmc_core.learning import recipes
from mmc_core.learning.recipes import CNN1D, CNN2D, Classifier, Combination, Probe

EACH = [recipes.load(name) for name in recipes.names()]
ORIGINALS_2D = {"cnn2d-spectrogram", "cnn2d-mfcc", "cnn2d-mel"}


# ---- the files ------------------------------------------------------------------------------


def test_every_recipe_loads_and_has_a_title_of_its_own() -> None:
    for recipe, name in zip(EACH, recipes.names(), strict=True):
        assert recipe.name == name
        datasets.get(recipe.dataset)
    assert len({recipe.title for recipe in EACH} - {""}) == len(EACH) > 10


def test_a_run_keeps_all_that_a_recipe_says() -> None:
    for recipe in EACH:
        assert recipes.parse(recipe.model_dump()) == recipe
        with pytest.raises(RecipeError, match="Extra inputs"):
            recipes.parse(recipe.model_dump() | {"speed": 3})


def test_members_are_there_and_decide_what_is_needed() -> None:
    for recipe in EACH:
        if isinstance(recipe, Combination):
            members = [recipes.load(member) for member in recipe.members]
            assert not any(isinstance(member, Combination) for member in members), recipe.name
            assert set(recipe.inputs) == {i for member in members for i in member.inputs}
            assert len(set(recipe.inputs)) == len(recipe.inputs), recipe.name
            assert recipe.needs_audio == any(member.needs_audio for member in members)
        elif isinstance(recipe, CNN2D):
            assert recipe.inputs == [recipe.input]
            assert recipe.input in IMAGES, recipe.name
            assert recipe.needs_audio, recipe.name
        elif isinstance(recipe, Probe):
            assert recipe.inputs == recipe.networks
            assert recipe.needs_audio, recipe.name
        else:
            assert recipe.inputs == ["features"], recipe.name
            assert recipe.needs_audio == bool(getattr(recipe, "copies", [])), recipe.name


def test_some_of_each_kind() -> None:
    assert {type(recipe) for recipe in EACH} == {CNN1D, CNN2D, Classifier, Combination, Probe}


def test_the_originals_1d_network() -> None:
    recipe = recipes.load("cnn1d")
    assert isinstance(recipe, CNN1D)
    assert (recipe.filters, recipe.kernels, recipe.dense) == ([16, 32, 32], [5, 7, 7], [128, 64])
    assert (recipe.dropout, recipe.learning_rate) == (0.2, 1e-4)
    assert (recipe.batch_size, recipe.epochs, recipe.patience) == (16, 80, 0)
    assert recipe.feature_names() == list(ORIGINAL_57)


def test_the_originals_2d_networks_see_its_images() -> None:
    for name in ORIGINALS_2D:
        recipe = recipes.load(name)
        assert isinstance(recipe, CNN2D)
        image = IMAGES[recipe.input]
        assert recipe.size == [image.width, image.height], name
        assert (recipe.batch_size, recipe.patience, recipe.l2) == (20, 10, 0.2), name


def test_the_originals_vote_is_of_its_three() -> None:
    recipe = recipes.load("cnn2d-vote")
    assert isinstance(recipe, Combination)
    assert set(recipe.members) == ORIGINALS_2D
    assert set(recipe.inputs) == set(IMAGES)


def test_groups_choose_features() -> None:
    recipe = recipes.load("cnn1d-timbre")
    assert isinstance(recipe, CNN1D)
    assert len(recipe.feature_names()) == 40
    assert all(name.startswith("mfcc_") for name in recipe.feature_names())


def test_a_volume_knob_is_left_out() -> None:
    recipe = recipes.load("cnn1d-bagged")
    assert isinstance(recipe, CNN1D)
    left_out = set(ORIGINAL_57) - set(recipe.feature_names())
    assert left_out == {"rms_mean", "rms_var", "mfcc_mean_1", "rolloff_mean", "rolloff_var"}


# ---- settings -------------------------------------------------------------------------------


def test_settings_are_put_in_place() -> None:
    recipe = recipes.load("cnn1d", ["dataset=turkish", "epochs=3", "dropout=0", "dense=[8]"])
    assert isinstance(recipe, CNN1D)
    assert (recipe.dataset, recipe.epochs, recipe.dropout, recipe.dense) == ("turkish", 3, 0, [8])
    usual = recipes.load("cnn1d")
    changed = {"dataset", "epochs", "dropout", "dense"}
    assert recipe.model_dump(exclude=changed) == usual.model_dump(exclude=changed)


def test_a_text_needs_no_quotes_and_a_table_is_toml() -> None:
    plain = recipes.load("svm", ["estimator=extra_trees", "parameters={n_estimators=10}"])
    assert isinstance(plain, Classifier)
    assert (plain.estimator, plain.parameters) == ("extra_trees", {"n_estimators": 10})
    image = recipes.load("cnn2d-mel", ["size=[64,64]", "roll=true", 'copies=["shift"]'])
    assert isinstance(image, CNN2D)
    assert (image.size, image.roll, image.copies) == ([64, 64], True, ["shift"])


def test_the_last_of_two_settings_holds() -> None:
    recipe = recipes.load("cnn1d", ["epochs=3", "epochs=4"])
    assert isinstance(recipe, CNN1D)
    assert recipe.epochs == 4


UNKNOWN = "expected key=value with a key among batch_size, copies, dataset"


SENSELESS = [
    ("cnn1d", "epochs", UNKNOWN),
    ("cnn1d", "=3", UNKNOWN),
    ("cnn1d", "speed=3", UNKNOWN),
    ("cnn1d", "name=x", UNKNOWN),
    ("cnn1d", "kind=vote", UNKNOWN),
    ("cnn1d", "masks=1", UNKNOWN),
    ("svm", "epochs=3", "a key among dataset, estimator, parameters, seed."),
    ("cnn1d", "epochs=many", "epochs is 'many': Input should be a valid integer"),
    ("cnn1d", "epochs=2.5", "epochs is 2.5: Input should be a valid integer"),
    ("cnn1d", "epochs=true", "epochs is True: Input should be a valid integer"),
    ("cnn1d", "epochs=0", "epochs is 0: Input should be greater than 0"),
    ("cnn1d", "epochs=100001", "epochs is 100001: Input should be less than or equal"),
    ("cnn1d", "learning_rate=-1", "learning_rate is -1: Input should be greater than 0"),
    ("cnn1d", "learning_rate=nan", "learning_rate is nan: Input should be a finite number"),
    ("cnn1d", "learning_rate=inf", "learning_rate is inf: Input should be a finite number"),
    ("cnn1d", "dropout=1", "dropout is 1: Input should be less than 1"),
    ("cnn1d", "l2=-1", "l2 is -1: Input should be greater than or equal to 0"),
    ("cnn1d", "mixup=-1", "mixup is -1: Input should be greater than or equal to 0"),
    ("cnn1d", "patience=-1", "patience is -1: Input should be greater than or equal to 0"),
    ("cnn1d", "seed=-1", "seed is -1: Input should be greater than or equal to 0"),
    ("cnn1d", "seed=4294967296", "seed is 4294967296: Input should be less than"),
    ("cnn1d", "scaling=log", "scaling is 'log': Input should be 'min_max' or 'ranks'"),
    ("cnn1d", "input=mel", "input is 'mel': Input should be 'features'"),
    ("cnn1d", "dense=[]", "dense is []: List should have at least 1 item"),
    ("cnn1d", "dense=8", "dense is 8: Input should be a valid list"),
    ("cnn1d", "kernels=[0,1,1]", "kernels.0 is 0: Input should be greater than 0"),
    ("cnn1d", 'filters=["a","b","c"]', "filters.0 is 'a': Input should be a valid integer"),
    ("cnn1d", "filters=[3]", "there are 1 filters and 3 kernels; expected as many"),
    ("cnn1d", 'copies=["echo"]', "copies.0 is 'echo': Input should be 'noise' or 'shift'"),
    ("cnn1d", "members=3", "members is 3 with patience 0; expected a patience above 0"),
    ("cnn1d-bagged", "members=6", "members is 6: Input should be less than or equal to 5"),
    ("cnn1d-bagged", "patience=0", "members is 5 with patience 0; expected a patience"),
    ("cnn1d", 'groups=["Colour"]', "groups has ['Colour']; expected some of ['Loudness'"),
    ("cnn2d-mfcc", "gain_db=6", "gain_db is set for MFCCs; expected an image in decibels"),
    ("cnn2d-mfcc", "low_pass=0.5", "low_pass is set for MFCCs; expected an image of frequencies"),
    ("cnn2d-mel", "gain_db=41", "gain_db is 41: Input should be less than or equal to 40"),
    ("cnn2d-mel", "pools=[[2,2]]", "there are 3 filters and 1 pools; expected as many"),
    ("cnn2d-mel", "size=[20,20]", "size [20, 20] is used up by 3 blocks; expected a larger"),
    ("cnn2d-mel", "shrink=[200,1]", "size [400, 300] is used up by 3 blocks"),
    ("cnn2d-mel", "size=[20]", "size is [20]: List should have at least 2 items"),
    ("cnn2d-mel", "masks=9", "masks is 9: Input should be less than or equal to 8"),
    ("cnn2d-mel", "input=chroma", "input is 'chroma': Input should be 'spectrogram', 'mfcc'"),
    ("cnn2d-mel", "head=mean", "head is 'mean': Input should be 'flatten' or 'average'"),
    ("cnn2d-mel", "roll=1", "roll is 1: Input should be a valid boolean"),
    ("svm", "estimator=knn", "estimator is 'knn': Input should be 'logistic_regression'"),
    ("svm", "parameters={C=nan}", "is nan: Input should be a finite number"),
    ("cnn2d-vote", 'members=["cnn1d"]', "members is ['cnn1d']: List should have at least 2"),
]


def test_senseless_settings_are_refused() -> None:
    for name, setting, says in SENSELESS:
        with pytest.raises(RecipeError, match=re.escape(says)) as caught:
            recipes.load(name, [setting])
        assert str(caught.value).endswith("."), setting


def test_too_many_blocks_are_refused() -> None:
    """57 can be halved five times."""
    many = [f"{key}=[{','.join(['3'] * 6)}]" for key in ("filters", "kernels")]
    with pytest.raises(RecipeError, match="6 blocks, each halving 57; expected at most 5"):
        recipes.load("cnn1d", many)
    few = [f"{key}=[{','.join(['3'] * 5)}]" for key in ("filters", "kernels")]
    assert isinstance(recipes.load("cnn1d", few), CNN1D)


def test_what_is_no_recipe_is_refused() -> None:
    incomplete = {"kind": "classifier", "title": "x", "dataset": "4qaed", "seed": 1}
    for values, says in (
        ({}, "Unable to extract tag"),
        ({"kind": "vgg"}, "'vgg'"),
        (incomplete, "Field required"),
    ):
        with pytest.raises(RecipeError, match=f"Recipe 'mine'.*{says}"):
            recipes.parse({"name": "mine", **values})


def test_a_recipe_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        recipes.load("svm").seed = 1


def test_unknown_recipes_are_refused() -> None:
    for name in ("transformer", "../cnn1d", ""):
        with pytest.raises(UnknownName, match="expected one of cnn1d"):
            recipes.load(name)

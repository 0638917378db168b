"""Recipes are read, changed and refused with the key at fault."""

from pathlib import Path

import pytest

from models.training.recipes.recipe import Recipe, changed, recipe_names
from models.training.speech.trainer import SpeechTraining
from tests.training.runs.tiny import TINY


@pytest.fixture
def tiny(tmp_path: Path) -> str:
    (tmp_path / "tiny.toml").write_text(TINY)
    return str(tmp_path / "tiny.toml")


@pytest.mark.parametrize("name", ["quick", "attngan", "bundled", "judge"])
def test_recipes_that_come_along(name: str) -> None:
    assert name in recipe_names()
    recipe = Recipe.read(name)
    assert recipe.text.startswith("# "), "it says what it is for"
    assert recipe.generator.text_feature_size == recipe.damsm.feature_size
    recipe.check(processes=2)


def test_what_a_file_says_and_what_holds_without(tiny: str) -> None:
    recipe = Recipe.read(tiny)
    assert recipe.text == TINY
    assert recipe.expert is not None and recipe.expert.epochs == 2
    assert recipe.generator.stage_channels == (8, 6), "lists are tuples"
    assert [phase.stages for phase in recipe.phases] == [(64,), (128,)]
    assert recipe.phases[0].damsm_weight == 0.4
    assert [recipe.averaged_share(number) for number in (0, 1)] == [0.7, 0]


@pytest.mark.parametrize(
    ("change", "value"),
    [
        ("phase.0.damsm_weight=.8", 0.8),
        ("phase.0.damsm_weight = 2", 2.0),
        ("phase.0.photographs=1_000", 1000),
        ("phase.0.loss=cross_entropy", "cross_entropy"),
        ("phase.0.loss='hinge'", "hinge"),
        ("phase.0.betas=[.5,.9]", (0.5, 0.9)),
        ("phase.0.counterfactual=false", False),
    ],
)
def test_changes(tiny: str, change: str, value: object) -> None:
    key = change.partition("=")[0].strip().rpartition(".")[2]
    recipe = Recipe.read(tiny, [change])
    assert getattr(recipe.phases[0], key) == value


def test_tables_that_a_file_lacks_can_be_changed(tiny: str) -> None:
    recipe = Recipe.read(tiny, ["phase.1.captions.named=0", "export.name=my birds"])
    assert recipe.phases[1].captions.named == 0
    assert recipe.phases[0].captions.named == 0.25
    assert recipe.export.name == "my birds"


def test_a_changed_recipe_is_a_file_that_repeats_it(tiny: str, tmp_path: Path) -> None:
    first = Recipe.read(tiny, ["phase.0.damsm_weight=.8", 'export.name="a \\"b\\""'])
    (tmp_path / "kept.toml").write_text(first.text)
    kept = Recipe.read(str(tmp_path / "kept.toml"))
    assert kept == first and kept.phases[0].damsm_weight == 0.8
    second = Recipe.read(str(tmp_path / "kept.toml"), ["phase.0.damsm_weight=2"])
    assert second.phases[0].damsm_weight == 2 and second.export.name == first.export.name
    (tmp_path / "again.toml").write_text(second.text)
    assert Recipe.read(str(tmp_path / "again.toml")) == second
    assert second.text.count("changes = ") == 1 and second.text.endswith(TINY)


def test_a_limit_of_photographs_for_all_phases(tiny: str) -> None:
    def counts(most: int) -> list[int]:
        return [phase.photographs for phase in Recipe.read(tiny, [f"photographs={most}"]).phases]

    assert counts(100) == counts(40) == [24, 16]
    assert counts(30) == [24, 6]
    assert counts(24) == [24] and counts(8) == [8]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("phase.0.damsm_weight=0,5", r"phase\.0\.damsm_weight = '0,5': a number is wanted"),
        ("phase.0.damsm_weight=nan", r"phase\.0\.damsm_weight = nan: a number is wanted"),
        ("phase.0.damsm_weight=true", r"damsm_weight = True: a number"),
        ("phase.0.photographs=1.5", r"photographs = 1\.5: a whole number is wanted"),
        ("phase.0.counterfactual=1", r"counterfactual = 1: true or false is wanted"),
        ("phase.0.stages=64", r"phase\.0\.stages = 64: a list is wanted"),
        ("phase.0.stages=['64']", r"phase\.0\.stages = '64': a whole number is wanted"),
        ("phase.0.betas=[0.5]", r"phase\.0\.betas = \[0\.5\]: 2 values are wanted"),
        ("phase.0.loss=square", r"phase\.0: loss must be hinge or cross_entropy, not square"),
        ("phase.0.lambda=5", r"phase\.0 has no lambda; it has .*damsm_weight"),
        ("phase.0.captions.nmaed=0", r"phase\.0\.captions has no nmaed; it has .*named"),
        ("phase.0.captions=0", r"phase\.0\.captions is a table, not 0"),
        ("phase.7.photographs=8", r"phase\.7\.photographs: the recipe has no 7"),
        ("phase.-1.photographs=8", r"phase\.-1\.photographs: the recipe has no -1"),
        ("phase.photographs=8", r"phase\.photographs: the recipe has no photographs"),
        ("phase=8", r"phase is a list of tables: write \[\[phase\]\]"),
        ("damsm.epochs.first=8", r"damsm\.epochs\.first: the recipe has no"),
        ("generater.noise_size=8", r"a recipe has no generater; it has .*generator"),
        ("generator.text_feature_size=8", "is damsm.feature_size: name that"),
        ("phase.0.damsm_weight", "is no change: phase.0.damsm_weight=0.8 is one"),
        ("phase.0.stages=[32]", r"phase\.0: stages 32: the generator has 64 128"),
        ("phase.0.judged_sizes=[64, 64]", "judged_sizes has 2 numbers for 1 stages"),
        ("phase.0.batch_size=5", r"batch_size 5 cannot be shared.* 6 would do"),
        ("phase.0.patch=0.5", "stage 64 draws whole pictures: only stages that refine"),
        ("generator.pose_channels=0", r"phase\.0\.pose_weight needs an \[expert\]"),
        ("damsm.features=efficientnet-lite0", r"'expert' if, and only if, there is an \[expert\]"),
        ("average.0.phase=2", "there is no phase 2"),
        ("average.0.share=0", "no such share"),
        ("changes=1", "changes"),
    ],
)
def test_what_is_wrong_is_told_with_its_key(tiny: str, change: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Recipe.read(tiny, [change])


def test_files_that_are_no_recipes(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no recipe qick: name a file, or attngan or"):
        Recipe.read("qick")
    broken = tmp_path / "broken.toml"
    broken.write_text("[phase\n")
    with pytest.raises(ValueError, match=r"broken\.toml is no recipe: .*line 1"):
        Recipe.read(str(broken))
    broken.write_bytes(b"\xff\xfe")
    with pytest.raises(ValueError, match=r"broken\.toml is no recipe"):
        Recipe.read(str(broken))
    broken.write_text("changes = [5]\n")
    with pytest.raises(ValueError, match=r"changes = .*a list of texts is wanted"):
        Recipe.read(str(broken))


def test_settings_of_nothing_but_changes() -> None:
    settings = changed(SpeechTraining, ["epochs=3", "learning_rate=.1"], "speech")
    assert (settings.epochs, settings.learning_rate) == (3, 0.1)
    assert settings.batch_size == SpeechTraining().batch_size
    with pytest.raises(ValueError, match=r"speech has no epoch; it has .*epochs"):
        changed(SpeechTraining, ["epoch=3"], "speech")

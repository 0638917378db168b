"""From a training run to the file that draws: averaged weights in half precision, one file."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from models.checkpoints.checkpoint import Checkpoint, save_checkpoint
from models.networks.config import GeneratorConfig, ModelConfig
from models.networks.generator import Generator
from models.training.damsm.model import check_text_encoder, load_damsm
from models.training.data.examples import Example
from models.training.runs.publishing import check_weights, versions
from models.training.runs.states import load_state
from models.training.sketches.drawn_poses import well_drawn
from models.training.sketches.poses import make_pose_bank
from models.training.sketches.sketches import load_sketch_scorer
from models.words.names import names_of
from models.words.vocabulary import Vocabulary

_NEEDED = ("phase", "generator_config", "ema", "position")
_EMA_PREFIX = "module."


def export(
    damsm: Path,
    gan: Path,
    output: Path,
    name: str,
    card: Mapping[str, str],
    examples: Sequence[Example] = (),
    sketches: Path | None = None,
) -> str:
    """Join a text encoder and a generator's moving average into one checkpoint.

    Parameters
    ----------
    damsm, gan : what the commands ``damsm`` and ``gan`` saved.
    card : facts about the weights for people to read: the recipe that made them, say. They come
        on top of those that the run tells: photographs seen, versions.
    examples : the photographs of training: names of their birds are learned, and their poses are
        drawn in by a generator that is told one.
    sketches : what `train_sketch_scorer` wrote, to choose among sketches, and among poses.

    Returns
    -------
    The checkpoint's checksum.

    Raises
    ------
    FileNotFoundError
        A file is not there.
    ValueError
        A file is foreign or damaged, the two do not belong together, or the weights cannot be
        drawn with.
    """
    text = load_damsm(damsm)
    state = load_run(gan)
    generator = averaged_generator(state, gan)
    if generator.config.text_feature_size != text.text_encoder.config.feature_size:
        raise ValueError(
            f"{damsm} and {gan} do not belong together: text features of "
            f"{text.text_encoder.config.feature_size} numbers, where the generator was trained "
            f"with {generator.config.text_feature_size}. Name the damsm.pt of the run itself."
        )
    check_text_encoder(state, gan, text, damsm)
    check_weights(text.text_encoder, damsm)
    check_weights(generator, gan)
    facts = _facts(state) | dict(card)
    poses = make_pose_bank(examples, text) if generator.config.pose_channels else None
    scorer = None
    if sketches is not None:
        scorer = load_sketch_scorer(sketches, generator.config.text_feature_size)
    if poses and scorer:
        poses = well_drawn(poses, generator, scorer)
    config = ModelConfig(
        text.text_encoder.config,
        generator.config,
        name,
        len(poses) if poses else 0,
        poses.kinds if poses else (),
        scores_sketches=scorer is not None,
        names=learned_names(examples, text.vocabulary),
    )
    checkpoint = Checkpoint(
        config,
        text.vocabulary,
        text.text_encoder,
        generator,
        facts,
        poses=poses,
        sketch_scorer=scorer,
    )
    return save_checkpoint(checkpoint, output)


def learned_names(examples: Sequence[Example], vocabulary: Vocabulary) -> tuple[str, ...]:
    """The names of the birds of training, in order, as far as the text encoder knows the words."""
    forms: set[str] = set()
    for species in {example.species for example in examples}:
        with contextlib.suppress(ValueError):  # a folder whose name has no words
            forms.update(names_of(species).forms)
    return tuple(sorted(form for form in forms if all(w in vocabulary for w in form.split())))


def load_run(path: Path) -> dict[str, Any]:
    """Read what ``gan`` saved, as far as drawing needs it; errors as in `states.load_state`."""
    return load_state(path, "gan run (gan.pt)", _NEEDED)


def averaged_generator(state: Mapping[str, Any], path: Path) -> Generator:
    """The generator of a run's state, with its moving average for weights.

    Parameters
    ----------
    path : where the state was read, for the message.

    Raises
    ------
    ValueError
        Weights and configuration do not fit together.
    """
    try:
        generator = Generator(GeneratorConfig(**state["generator_config"]))
        averaged = {
            key.removeprefix(_EMA_PREFIX): value
            for key, value in state["ema"].items()
            if key.startswith(_EMA_PREFIX)
        }
        generator.load_state_dict(averaged)
    except (KeyError, TypeError, ValueError, AttributeError, RuntimeError) as error:
        raise ValueError(
            f"{path}: its averaged weights and its configuration do not fit together, "
            "so that it was damaged or written by another version of ``gan``."
        ) from error
    return generator.eval()


def _facts(state: Mapping[str, Any]) -> dict[str, str]:
    """What the run itself tells of the weights."""
    position = state["position"]
    return {
        "photographs_seen": f"{position['seen_before'] + position['seen']:,}",
        "written_by": versions(),
    }

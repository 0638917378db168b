"""Trains the speech encoder: a pupil that hears what the text encoder reads."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch
from torch import Tensor
from tqdm import tqdm

from models.checkpoints.checkpoint import text_identity
from models.networks.config import FRONT_ENDS, LOG_MEL, WHISPER, SpeechEncoderConfig, setting
from models.painting.precision import chosen_precision
from models.sound.front_end import front_end
from models.sound.speech_encoder import SpeechEncoder
from models.training.damsm.model import Damsm, load_damsm
from models.training.damsm.similarity import damsm_loss
from models.training.data.examples import read_examples
from models.training.data.photographs import Photographs, kept_side
from models.training.features.cached_features import CachedFeatures, cache_features
from models.training.runs.metrics import MetricsLog
from models.training.runs.states import load_state, save_state
from models.training.runs.stopping import stop_when_asked
from models.training.speech.augment import masked, warped
from models.training.speech.hearing_loss import HearingLoss
from models.training.speech.kokoro import is_for_tests
from models.training.speech.retrieval import HearingScores, score_hearing
from models.training.speech.spoken_data import SpokenBatch, SpokenData, read_spoken_captions
from models.training.speech.surroundings import heard_somewhere

STATE_KEYS = (
    "settings",
    "config",
    "encoder",
    "spelling",
    "optimizer",
    "schedule",
    "random",
    "left",
    "epoch",
    "heard",
    "seconds",
)
"""What ``speech.pt`` holds."""

_BEFORE = {"front_end": LOG_MEL, "surroundings": False, "blocks": 5}
"""What settings were that states of earlier versions do not name."""


@dataclass(frozen=True)
class SpeechTraining:
    """Settings of a run."""

    epochs: int = setting(12, "how often all utterances are heard")
    batch_size: int = setting(16, "utterances a step")
    learning_rate: float = setting(
        1.5e-3, "the highest one; it rises to that first, and falls to nothing at the end"
    )
    letters_weight: float = setting(0.3, "weight of the spelling's loss")
    count_weight: float = setting(3.0, "weight of the loss of the number of words")
    words_weight: float = setting(1.0, "weight of the words' loss")
    features_weight: float = setting(1.0, "weight of the loss of word and sentence features")
    damsm_weight: float = setting(
        0.3, "weight of DAMSM's losses: what was heard is to fit its picture, too"
    )
    flat_start: int = setting(
        2_000,
        "utterances at the beginning whose letters are taken to be spread evenly over the sound, "
        "which gets the spelling off the ground",
    )
    front_end: str = setting(
        WHISPER,
        f"what is heard through: {WHISPER}, the encoder of the Whisper that is "
        f"installed, frozen, or {LOG_MEL}",
    )
    surroundings: bool = setting(
        True, "hear each utterance in other rooms, noise and microphones every time"
    )
    tract: float = setting(0.12, "largest change of frequencies")
    tempo: float = setting(0.1, "largest change of time")
    masked_bands: int = setting(40, "widest stripe of the front end's values that is blanked")
    masked_frames: int = setting(12, "longest stretch of its frames that is blanked")
    blocks: int = setting(2, "of attention and convolution over the sound")
    picture_size: int = setting(128, "side in pixels at which pictures are seen")
    precision: str = setting("auto", "bfloat16 (autocast), float32 or auto, the faster one")
    seed: int = setting(0, "of all random numbers")
    checkpoint_minutes: float = setting(
        5.0, "time after which the run is saved again within an epoch"
    )


class SpeechTrainer:
    """What learns, what it learns from, and its position.

    Parameters
    ----------
    spoken : folders of spoken captions to learn from; `spoken_test` is one to be scored on.
    train, test : the data folders of their photographs.
    run : folder of the run; ``speech.pt`` in it is the last good state.
    """

    def __init__(
        self,
        spoken: Sequence[Path],
        train: Path,
        spoken_test: Path,
        test: Path,
        damsm: Path,
        run: Path,
        settings: SpeechTraining,
        config: SpeechEncoderConfig | None = None,
    ) -> None:
        run.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(settings.seed)
        self.settings, self.run, self.damsm = settings, run, load_damsm(damsm)
        self.config = _fitting(
            config or SpeechEncoderConfig(blocks=settings.blocks), settings.front_end, self.damsm
        )
        self.front_end = front_end(settings.front_end)
        self.encoder = SpeechEncoder(self.config)
        # Read as the text encoder reads: only the words have to be heard.
        self.encoder.lstm.load_state_dict(self.damsm.text_encoder.lstm.state_dict())
        self.encoder.lstm.requires_grad_(False)
        self.loss = HearingLoss(self.damsm.text_encoder, self.config.width)
        self._features = self.damsm.features
        self.utterances, self.cache, self.species = self._read(spoken, train)
        for entry in self.utterances.utterances:
            if is_for_tests(entry.voice):
                raise ValueError(f"{entry.path}: {entry.voice} is a voice that nothing learns from")
        self.unseen = self._read([spoken_test], test)
        learning = [*self.encoder.parameters(), *self.loss.spelling.parameters()]
        self._learning = [value for value in learning if value.requires_grad]
        self.optimizer = torch.optim.AdamW(
            self._learning, settings.learning_rate, weight_decay=1e-2, fused=True
        )
        self.steps = len(self.utterances) // settings.batch_size
        if not self.steps:
            raise ValueError(
                f"There are {len(self.utterances)} utterances to learn from, less than a batch of "
                f"{settings.batch_size}: choose a smaller --batch-size."
            )
        # Batches of one length leave a few utterances out; the schedule never ends too early.
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            self.optimizer,
            settings.learning_rate,
            total_steps=self.steps * settings.epochs + 1,
            pct_start=0.1,
        )
        self.epoch, self.heard, self.seconds = 0, 0, 0.0
        self.left: list[list[int]] = []
        """The batches that are left of the current epoch."""

    @property
    def path(self) -> Path:
        return self.run / "speech.pt"

    def train(self, minutes: float = math.inf) -> bool:
        """Train until all epochs are over, then save.

        Returns
        -------
        Whether they are; false when time was up or the run was asked to stop.

        Raises
        ------
        FloatingPointError
            A loss is not a number; the last good state is named.
        """
        started = saved = self.seconds
        with (
            stop_when_asked() as asked,
            MetricsLog(self.run, "speech", counted="utterances") as log,
            tqdm(
                desc="speech",
                unit=" utterances",
                initial=self.heard,
                total=self.steps * self.settings.batch_size * self.settings.epochs,
                disable=None,
            ) as progress,
        ):
            while self.epoch < self.settings.epochs:
                if asked or self.seconds - started >= 60 * minutes:
                    break
                if not self.left:
                    order = torch.randperm(len(self.utterances))
                    self.left = list(self.utterances.batches(order, self.settings.batch_size))
                before = time.perf_counter()
                surroundings = heard_somewhere if self.settings.surroundings else None
                values = self._step(self.utterances.batch(self.left.pop(), surroundings))
                self.seconds += time.perf_counter() - before
                self.heard += self.settings.batch_size
                progress.update(self.settings.batch_size)
                log.add(self.heard, self.seconds, values)
                if not self.left:
                    self._end_epoch()
                    saved = self.seconds
                elif self.seconds - saved > 60 * self.settings.checkpoint_minutes:
                    self.save()
                    saved = self.seconds
        self.save()
        return self.epoch >= self.settings.epochs

    def _step(self, batch: SpokenBatch) -> dict[str, float]:
        settings = self.settings
        self.encoder.train()
        batch = warped(batch, settings.tract, settings.tempo).through(self.front_end)
        batch = masked(batch, settings.masked_bands, settings.masked_frames)
        precision = chosen_precision(settings.precision, torch.device("cpu"))
        enabled = precision is torch.bfloat16
        with torch.autocast("cpu", torch.bfloat16, enabled=enabled):
            heard = self.encoder(batch.mels, batch.frames, batch.words)
            terms = self.loss(heard, batch, flat=self.heard < settings.flat_start)
        map_, pooled = self.cache.batch(batch.rows, int(torch.randint(2, ())))
        with torch.no_grad():
            regions, whole = self.damsm.projection(map_, pooled)
        picture = damsm_loss(
            regions, whole, heard.text, self.species[batch.rows], self.damsm.config
        )
        terms["damsm"] = picture.words + picture.sentence
        total = torch.stack(
            [getattr(settings, f"{name}_weight") * loss for name, loss in terms.items()]
        ).sum()
        if not math.isfinite(total.item()):
            kept = f"the last good state is {self.path}" if self.path.exists() else "none was saved"
            raise FloatingPointError(
                f"training broke down after {self.heard} utterances (loss {total.item()}; {kept}): "
                "try a lower --learning-rate."
            )
        self.optimizer.zero_grad()
        total.backward()
        torch.nn.utils.clip_grad_norm_(self._learning, 1.0)
        self.optimizer.step()
        self.schedule.step()
        right = self.loss.right_words(heard, batch)
        return {name: loss.item() for name, loss in terms.items()} | {"right_words": right.item()}

    def _end_epoch(self) -> None:
        self.epoch += 1
        scores = self.score()
        line = {"epoch": self.epoch, "utterances": self.heard, **asdict(scores)}
        tqdm.write(json.dumps(line))
        self.save()
        with (self.run / "scores.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def score(self) -> HearingScores:
        """How well utterances of the other folder are understood."""
        utterances, cache, species = self.unseen
        return score_hearing(
            self.encoder,
            self.front_end,
            self.loss,
            utterances,
            self.damsm.projection,
            cache,
            species,
        )

    def _read(
        self, spoken: Sequence[Path], data: Path
    ) -> tuple[SpokenData, CachedFeatures, Tensor]:
        captions = [caption for folder in spoken for caption in read_spoken_captions(folder)]
        named = {caption.picture for caption in captions}
        places = {
            place: example
            for example in read_examples(data)
            if (place := example.path.relative_to(data).as_posix()) in named
        }
        rows = {place: row for row, place in enumerate(places)}
        utterances = SpokenData(captions, rows, self.damsm.vocabulary, self.front_end)
        pictures = Photographs(list(places.values()), kept_side(self.settings.picture_size))
        cache = cache_features(self._features, pictures, self.settings.picture_size)
        return utterances, cache, pictures.species

    def save(self) -> None:
        """Save everything needed to go on."""
        state = {
            "settings": asdict(self.settings),
            "config": asdict(self.config),
            "encoder": self.encoder.state_dict(),
            "spelling": self.loss.spelling.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
            "random": torch.get_rng_state(),
            "left": self.left,
            "epoch": self.epoch,
            "heard": self.heard,
            "seconds": self.seconds,
            "learned_from": self._learned_from(),
        }
        save_state(state, self.path)

    def _learned_from(self) -> list[str]:
        teacher = text_identity(self.damsm.text_encoder)
        return [self.utterances.identity, teacher]

    def start_from(self, path: Path) -> None:
        """Begin with the encoder of another run; it may have had another text encoder for teacher.

        Raises
        ------
        FileNotFoundError, ValueError
            There is no such run, or its encoder has another shape.
        """
        state = load_state(path, "speech run", STATE_KEYS)
        if SpeechEncoderConfig(**state["config"]) != self.config:
            raise ValueError(f"{path} has another shape: {state['config']}")
        own = {key: value for key, value in state["encoder"].items() if not key.startswith("lstm.")}
        self.encoder.load_state_dict(own, strict=False)
        self.loss.spelling.load_state_dict(state["spelling"])

    def resume(self) -> None:
        """Go on where the run in the folder stopped, as if it had not.

        Raises
        ------
        FileNotFoundError, ValueError
            There is no such run, or it had other settings, utterances or another text encoder.
        """
        state = load_state(self.path, "speech run", STATE_KEYS)
        saved = SpeechTraining(**(_BEFORE | state["settings"]))
        saved = replace(saved, checkpoint_minutes=self.settings.checkpoint_minutes)
        if saved != self.settings or SpeechEncoderConfig(**state["config"]) != self.config:
            raise ValueError(
                f"{self.path} was made with other settings; to resume, repeat them: "
                f"{state['settings']}"
            )
        if state.get("learned_from", self._learned_from()) != self._learned_from():
            raise ValueError(
                f"{self.path} was made with other utterances or another text encoder; --start-from "
                "can train its encoder further, in another --out."
            )
        self.encoder.load_state_dict(state["encoder"])
        self.loss.spelling.load_state_dict(state["spelling"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])
        torch.set_rng_state(state["random"])
        self.left, self.epoch = state["left"], state["epoch"]
        self.heard, self.seconds = state["heard"], state["seconds"]


def _fitting(config: SpeechEncoderConfig, front_end: str, damsm: Damsm) -> SpeechEncoderConfig:
    """The shape that hears through a front end what a text encoder reads."""
    if front_end not in FRONT_ENDS:
        raise ValueError(f"there is no front_end {front_end}: {' or '.join(FRONT_ENDS)}")
    text, (mels, _) = damsm.text_encoder.config, FRONT_ENDS[front_end]
    return replace(
        config,
        embedding_size=text.embedding_size,
        feature_size=text.feature_size,
        max_words=text.max_words,
        front_end=front_end,
        mels=mels,
    )

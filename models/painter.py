"""The painter: the one door through which the program asks for pictures."""

from __future__ import annotations

import functools
import logging
import secrets
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
import torch.nn.functional as F

from models.checkpoints.checkpoint import Checkpoint, load_checkpoint, text_identity
from models.drawing import Cancelled, Drawing, OnStage
from models.errors import ModelError, SentenceError, SoundError
from models.networks.blend import TextBlend, slerp
from models.networks.generator import Text
from models.networks.text_encoder import TextFeatures, pad_ids
from models.painting.backend import Chances, Painted, Place, choose_device, paint
from models.reading import Reading, ReadRequest, SentenceReader
from models.request import MAX_SEED, Blend, DrawRequest
from models.sketches.pose_bank import blended
from models.words.vocabulary import ReadSentence, Vocabulary

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.sound.listener import HeardSentence, Listener

_log = logging.getLogger(__name__)

BUNDLED_WEIGHTS = Path(__file__).resolve().parent.parent / "weights" / "bird.safetensors"
LEAST_LIKENESS = 0.45
"""Of what is heard to known words; descriptions of birds in noise stay above it, other languages
below."""

SKETCHES = 8
"""How many sketches are drawn for each picture unless somebody says otherwise."""

OUT_OF_MEMORY = (
    "The graphics card has too little memory free, so your bird was drawn on the processor, and "
    "the next ones will be, too. To use the graphics card again, close other programs and restart."
)
UNUSABLE_CARD = (
    "The graphics card could not be used ({reason}), so your bird was drawn on the processor, and "
    "the next ones will be, too."
)
TOO_MANY_WORDS = (
    "Only the first {most} known words of a description are drawn; {more} more were left out. "
    "Shorten it to have them in the picture."
)
_LONGEST_REASON = 150  # characters; what CUDA says goes on for lines


class Painter:
    """Draws what is asked for with one model on one device. Threads may share it.

    Parameters
    ----------
    sketches : how many are drawn for a request that does not say it, as for `load`.
    """

    def __init__(
        self, checkpoint: Checkpoint, device: torch.device, sketches: int = SKETCHES
    ) -> None:
        self._sketches = sketches
        self._judge = checkpoint.sketch_judge
        self._chosen: dict[tuple[tuple[int, ...], int, int], int] = {}
        self._config = checkpoint.config
        self._vocabulary = checkpoint.vocabulary
        self._reader = SentenceReader(
            frozenset(checkpoint.vocabulary.words),
            checkpoint.config.text_encoder.max_words,
            frozenset(checkpoint.config.names),
        )
        self._model_name = f"{checkpoint.config.name} ({checkpoint.checksum[:8]})"
        self._poses = checkpoint.poses
        self._text_encoder = checkpoint.text_encoder  # stays on the CPU: it takes milliseconds
        self._notice: str | None = None  # what the next drawing is to tell
        self._last_heard: tuple[NDArray[np.float32], HeardSentence] | None = None
        # Only a GPU can fail where the CPU does not; elsewhere this would be 50 MB unused.
        self._spare = None if device.type == "cpu" else checkpoint.generator
        try:
            self._place = Place.on(device, checkpoint.generator, judge=self._judge)
        except RuntimeError as error:
            if device.type == "cpu":
                raise
            self._fall_back_to_cpu(error)

    @classmethod
    def load(
        cls, path: Path | str | None = None, device: str = "auto", sketches: int = SKETCHES
    ) -> Painter:
        """Load a model: the bundled one unless another `path` is named.

        Parameters
        ----------
        sketches : how many sketches of stage 1 are drawn for each picture, the best of which is
            finished; 1 is the plain network. Weights without a judge of sketches draw one.
        device : "auto" (a GPU when there is one), "cpu", "cuda", or "cuda:1" for the second GPU.

        Raises
        ------
        CheckpointError
            The weights cannot be used, with the reason.
        ModelError
            There is no such device.
        """
        chosen = choose_device(device)
        return cls(load_checkpoint(Path(path) if path else BUNDLED_WEIGHTS), chosen, sketches)

    @property
    def device(self) -> torch.device:
        """Where it draws; the CPU once a GPU failed."""
        return self._place.device

    @property
    def sizes(self) -> tuple[int, ...]:
        """The sides in pixels that can be drawn, one a stage."""
        return self._config.generator.sizes

    @property
    def model_name(self) -> str:
        """The model's name and the beginning of its checksum."""
        return self._model_name

    @property
    def max_words(self) -> int:
        return self._config.text_encoder.max_words

    @property
    def vocabulary(self) -> Vocabulary:
        """The words that the model knows."""
        return self._vocabulary

    @property
    def reader(self) -> SentenceReader:
        """What understands sentences for this model."""
        return self._reader

    def check(self, wanted: DrawRequest | str) -> ReadRequest:
        """Read a sentence as `draw` would, without drawing it.

        Raises
        ------
        SentenceError
            It is empty, longer than 1,000 characters, about no bird, or has no word the model
            knows.
        """
        request = wanted if isinstance(wanted, DrawRequest) else DrawRequest(wanted)
        reading = self._reader.read(request)
        text = self._vocabulary.read(reading.drawn_as, self.max_words)
        if not text.words:
            raise SentenceError(
                "I know none of these words. Try colours and parts in English, "
                "for example: a small red bird with black wings."
            )
        return ReadRequest(reading, text)

    def draw(
        self,
        wanted: DrawRequest | str,
        seed: int | None = None,
        size: int | None = None,
        on_stage: OnStage | None = None,
        cancelled: Cancelled | None = None,
    ) -> Drawing:
        """Draw what is asked for.

        Between two birds, noise and the condition's epsilon go along the arc between the seeds; how
        sentences are mixed tells `TextBlend`. With both shares 0 (or 1) it is what the first (or
        the second) sentence and seed give.

        Parameters
        ----------
        wanted : a request, or a sentence.
        seed, size : of a sentence, as of a `DrawRequest`.
        on_stage : called with (stage index, picture) as soon as a stage is drawn.
        cancelled : asked before each stage; when true, drawing stops.

        Returns
        -------
        Drawing
            That of a blend has the words of both sentences, and the first seed. One of what was
            heard has no sentence and no words, but spans: its attention is to those.

        Raises
        ------
        SentenceError
            As `check`, of either sentence of a blend.
        ModelError
            What was heard was heard by the listener of another model.
        SoundError
            A `Listener` can make nothing of the sound, or what was heard is not like the words
            that the model knows.
        DrawingCancelled
            `cancelled` said so.
        ValueError
            A seed or the size is out of range.
        """
        if isinstance(wanted, str):
            wanted = DrawRequest(wanted, seed, size)
        elif seed is not None or size is not None:
            raise ValueError("a request says its seed and size itself")
        if wanted.sound is not None:
            return self._draw_sound(wanted, on_stage, cancelled)
        if wanted.blend is not None:
            return self._draw_blend(wanted, wanted.blend, on_stage, cancelled)
        return self._draw([wanted], on_stage, cancelled)[0]

    def draw_batch(self, requests: Sequence[DrawRequest]) -> list[Drawing]:
        """Draw several sentences at once, all of one size; errors as for `draw`."""
        if len({(request.size, request.sketches) for request in requests}) > 1:
            raise ValueError("what is drawn at once is of one size, from as many sketches")
        if any(request.blend or request.sound is not None for request in requests):
            raise ValueError("only sentences are drawn at once")
        return self._draw(requests, None, None) if requests else []

    def _draw_blend(
        self,
        request: DrawRequest,
        blend: Blend,
        on_stage: OnStage | None,
        cancelled: Cancelled | None,
    ) -> Drawing:
        first, second = (
            self.check(replace(request, sentence=sentence, drawn_as=None))
            for sentence in (blend.first, blend.second)
        )
        both = _joined(first, second)
        with torch.inference_mode():
            text = TextBlend(self._encode([first.text]), self._encode([second.text]), blend.share)
        chances = _between(
            self._chosen_chances(first.text, text.first, blend.first_seed, request),
            self._chosen_chances(second.text, text.second, blend.second_seed, request),
            blend,
        )
        painted = self._paint(text, chances, request.size, on_stage, cancelled)
        request = replace(request, sentence=blend.sentence, seed=blend.first_seed)
        return self._drawing(painted, 0, request, both)

    def _draw_sound(
        self, request: DrawRequest, on_stage: OnStage | None, cancelled: Cancelled | None
    ) -> Drawing:

        from models.sound.listener import HeardSentence

        heard = request.sound
        if not isinstance(heard, HeardSentence):
            assert heard is not None
            heard = self._hear(heard)
        if heard.teacher != self._text_identity:
            raise ModelError(
                "The speech encoder does not belong to these weights: it was taught by another "
                "text encoder. Draw through text, or use the weights that came with it."
            )
        if self.likeness(heard) < LEAST_LIKENESS:
            raise SoundError(
                "I heard a voice, but nothing like a description of a bird in English. Please say "
                "it once more, or draw it through text."
            )
        request = replace(_with_seed(request), sentence="", sound=None)
        chances = self._sample(heard.text, [request])
        painted = self._paint(heard.text, chances, request.size, on_stage, cancelled)
        nothing_read = ReadRequest(Reading(""), ReadSentence(words=(), ids=(), unknown_words=()))
        drawing = self._drawing(painted, 0, request, nothing_read)
        attention = tuple(weights[0] for weights in painted.attention)
        return replace(drawing, attention=attention, spans=heard.spans)

    def _hear(self, samples: NDArray[np.float32]) -> HeardSentence:
        """Listen, unless this is what was heard last: there may be several pictures of it."""
        last = self._last_heard
        if last is None or not np.array_equal(last[0], samples):
            self._last_heard = last = samples, self._listener.hear(samples)
        return last[1]

    @functools.cached_property
    def _listener(self) -> Listener:
        from models.sound.listener import Listener

        return Listener.load()

    @torch.inference_mode()
    def likeness(self, heard: HeardSentence) -> float:
        """How much what was heard is like known words: mean cosine with the nearest, -1 .. 1."""
        known = F.normalize(self._text_encoder.embedding.weight[1:], dim=1)
        pieces = F.normalize(heard.embeddings, dim=1)
        return float((pieces @ known.T).amax(dim=1).mean())

    @functools.cached_property
    def _text_identity(self) -> str:
        return text_identity(self._text_encoder)

    def _draw(
        self,
        requests: Sequence[DrawRequest],
        on_stage: OnStage | None,
        cancelled: Cancelled | None,
    ) -> list[Drawing]:
        read = [self.check(request) for request in requests]
        requests = [_with_seed(request) for request in requests]
        with torch.inference_mode():
            text = self._encode([each.text for each in read])
        chances = self._sample(text, requests)
        painted = self._paint(text, chances, requests[0].size, on_stage, cancelled)
        return [
            self._drawing(painted, row, requests[row], read[row]) for row in range(len(requests))
        ]

    def _paint(
        self,
        text: Text,
        chances: Chances,
        size: int | None,
        on_stage: OnStage | None,
        cancelled: Cancelled | None,
    ) -> Painted:
        """Run the stages that a size needs, for all rows at once; on the CPU if need be."""
        size = self.sizes[-1] if size is None else size
        if size not in self.sizes:
            raise ValueError(f"size must be one of {', '.join(map(str, self.sizes))}, not {size}")
        count = self.sizes.index(size) + 1
        place = self._place
        try:
            painted = paint(place, text, chances, count, on_stage, cancelled)
        except RuntimeError as error:
            if place.device.type == "cpu":
                raise
            self._fall_back_to_cpu(error)
            painted = paint(self._place, text, chances, count, on_stage, cancelled)
        painted.notice, self._notice = self._notice, None
        return painted

    def _fall_back_to_cpu(self, error: RuntimeError) -> None:
        """Draw there from now on: RuntimeError is all that torch's errors of a GPU have in common.

        A card whose memory others filled, or one too old for this build of torch, is told by CUDA's
        libraries in words of their own.
        """
        assert self._spare is not None
        _log.warning("Drawing on the processor from now on: %s", error)
        self._place = Place.on(torch.device("cpu"), self._spare, judge=self._judge)
        self._notice = _why_on_the_processor(error)

    def _drawing(
        self, painted: Painted, row: int, request: DrawRequest, read: ReadRequest
    ) -> Drawing:
        stages = tuple(stage[row] for stage in painted.stages)
        text = read.text
        notices = [*read.reading.notices]
        if painted.notice:
            notices.append(painted.notice)
        if text.unread_words:
            more = len(text.unread_words)
            notices.append(TOO_MANY_WORDS.format(most=self.max_words, more=more))
        return Drawing(
            image=stages[-1],
            stages=stages,
            attention=tuple(weights[row, : len(text.words)] for weights in painted.attention),
            words=text.words,
            unknown_words=read.unknown_words,
            unread_words=text.unread_words,
            request=replace(
                request,
                drawn_as=read.reading.drawn_as,
                size=stages[-1].width,
                sketches=self._sketches_of(request) or None,
            ),
            described=read.reading.described,
            model_name=self.model_name,
            device=painted.device,
            notice=" ".join(notices) or None,
            sketch=painted.chosen[row],
        )

    def _sketches_of(self, request: DrawRequest) -> int:
        """How many sketches the judge chooses among; 0 where there is none."""
        if self._judge is None:
            return 0
        return self._sketches if request.sketches is None else request.sketches

    def _encode(self, read: Sequence[ReadSentence]) -> TextFeatures:
        text: TextFeatures = self._text_encoder(*pad_ids([sentence.ids for sentence in read]))
        return text

    def _sample(self, text: TextFeatures, requests: Sequence[DrawRequest]) -> Chances:
        """Draw what drawings depend on on the CPU: the same numbers on every device.

        The first sketch is the same however many there are.
        """
        config, count = self._config.generator, self._sketches_of(requests[0]) or 1
        seeds = [request.seed for request in requests if request.seed is not None]
        width = config.noise_size + config.condition_size
        rows = []
        for seed in seeds:
            if not 0 <= seed <= MAX_SEED:
                raise ValueError(f"seed must be 0 to {MAX_SEED}, not {seed}")
            source = torch.Generator().manual_seed(seed)
            rows.append(torch.stack([torch.randn(width, generator=source) for _ in range(count)]))
        sampled = torch.stack(rows)
        pose = self._poses.choose(text.sentence, seeds, count) if self._poses else None
        return Chances(sampled[..., : config.noise_size], sampled[..., config.noise_size :], pose)

    def _chosen_chances(
        self, read: ReadSentence, text: TextFeatures, seed: int, request: DrawRequest
    ) -> Chances:
        """Those of the sketch that is finished for a sentence and a seed."""
        chances = self._sample(text, [replace(request, seed=seed)])
        if chances.sketches == 1:
            return chances
        key = read.ids, seed, chances.sketches
        if key not in self._chosen:
            painted = self._paint(text, chances, self.sizes[0], None, None)
            self._chosen[key] = painted.chosen[0]
        return chances.sketch(0, self._chosen[key])


def _joined(first: ReadRequest, second: ReadRequest) -> ReadRequest:
    """Both sentences of a blend, as one."""

    def once(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one + other))

    reading = Reading(
        f"{first.reading.drawn_as} → {second.reading.drawn_as}",
        notices=once(first.reading.notices, second.reading.notices),
    )
    text = ReadSentence(
        words=first.text.words + second.text.words,
        ids=first.text.ids + second.text.ids,
        unknown_words=once(first.unknown_words, second.unknown_words),
        unread_words=first.text.unread_words + second.text.unread_words,
    )
    return ReadRequest(reading, text)


def _with_seed(request: DrawRequest) -> DrawRequest:
    """The request with a seed, by chance where it has none."""
    if request.seed is not None:
        return request
    return replace(request, seed=secrets.randbelow(MAX_SEED + 1))


def _between(first: Chances, second: Chances, blend: Blend) -> Chances:
    """Noise goes along the arc, poses on straight lines, half with each share."""
    noise, epsilon = (
        slerp(start[0], end[0], blend.seed_share)[None]
        for start, end in ((first.noise, second.noise), (first.epsilon, second.epsilon))
    )
    pose = None
    if first.pose is not None and second.pose is not None:
        pose = blended(first.pose, second.pose, (blend.share + blend.seed_share) / 2)
    return Chances(noise, epsilon, pose)


def _why_on_the_processor(error: RuntimeError) -> str:
    """What to tell of a failed GPU: `OUT_OF_MEMORY`, or the first line of its reason."""
    told = str(error)
    full = isinstance(error, torch.cuda.OutOfMemoryError)
    if full or "out of memory" in told or "ALLOC_FAILED" in told:
        return OUT_OF_MEMORY
    reason = (told.splitlines() or [""])[0].strip().rstrip(".")[:_LONGEST_REASON]
    return UNUSABLE_CARD.format(reason=reason or type(error).__name__)

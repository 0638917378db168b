"""The painter: the one door through which the program asks for pictures."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch

from models.checkpoints.checkpoint import Checkpoint, load_checkpoint
from models.checkpoints.header import BUNDLED_WEIGHTS
from models.drawing import Cancelled, Drawing, OnStage
from models.errors import ModelError, SentenceError
from models.networks.blend import TextBlend
from models.networks.generator import Text
from models.networks.text_encoder import TextFeatures, pad_ids
from models.painting.backend import Painted, choose_device
from models.painting.chances import Chances, Sampler, between
from models.painting.fallback import SteadyBackend
from models.reading import ReadRequest, SentenceReader
from models.request import MAX_SEED, SKETCHES, Blend, DrawRequest
from models.sketches.pose_wish import ANY, NO_POSES, PoseWish
from models.sound.ears import Ears
from models.words.reader import Reading
from models.words.vocabulary import ReadSentence, Vocabulary

_REMEMBERED = 256
"""Ends of blends whose chosen sketch is remembered; each costs a kilobyte."""

TOO_MANY_WORDS = (
    "Only the first {most} known words of a description are drawn; {more} more were left out. "
    "Shorten it to have them in the picture."
)
TOO_MUCH_SAID = (
    "Only the first {most} pieces of what you said are drawn, some {seconds:.0f} seconds; {more} "
    "more were left out. Say less, or draw it through text."
)
NO_SUCH_POSE = "These weights know no pose “{wish}”. They know: {known}."


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
        self._scorer = checkpoint.sketch_scorer
        self._chosen: dict[tuple[bytes, int, int, PoseWish], int] = {}
        self._config = checkpoint.config
        self._vocabulary = checkpoint.vocabulary
        self._reader = SentenceReader(
            frozenset(checkpoint.vocabulary.words),
            checkpoint.config.text_encoder.max_words,
            frozenset(checkpoint.config.names),
        )
        self._model_name = checkpoint.name
        self._poses = checkpoint.poses
        self._sampler = Sampler(checkpoint.config.generator, checkpoint.poses)
        self._text_encoder = checkpoint.text_encoder  # stays on the CPU: it takes milliseconds
        self.ears = Ears(checkpoint.text_encoder)
        self._backend = SteadyBackend(checkpoint.generator, device, self._scorer)

    @classmethod
    def load(
        cls, path: Path | str | None = None, device: str = "auto", sketches: int = SKETCHES
    ) -> Painter:
        """Load a model: the bundled one unless another `path` is named.

        Parameters
        ----------
        sketches : how many sketches of 64 px are drawn for each picture, the best of which is
            finished; 1 is the plain network. Weights without a scorer of sketches draw one.
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
        return self._backend.current.device

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
    def poses(self) -> tuple[str, ...]:
        """The poses that can be asked for by name, "any" first; none where no pose is told."""
        return self._poses.wishes if self._poses else ()

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
        ModelError
            The model does not know the pose.
        """
        request = wanted if isinstance(wanted, DrawRequest) else DrawRequest(wanted)
        self._check_pose(request.pose)
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
            What was heard was heard by the listener of another model, or the model does not know
            the pose.
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

    def sketches_of(self, request: DrawRequest) -> int:
        """How many sketches the scorer chooses among; 0 where there is none."""
        if self._scorer is None:
            return 0
        return self._sketches if request.sketches is None else request.sketches

    def draw_batch(self, requests: Sequence[DrawRequest]) -> list[Drawing]:
        """Draw several sentences at once, all of one size; errors as for `draw`."""
        if len({(request.size, request.sketches, request.pose) for request in requests}) > 1:
            raise ValueError("what is drawn at once is of one size and pose, from as many sketches")
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
        ends = (text.first, blend.first_seed, first), (text.second, blend.second_seed, second)
        start, end = (
            self._finished(features, self._posed(replace(request, seed=seed), read))
            for features, seed, read in ends
        )
        chances = between(start, end, blend)
        painted = self._paint(text, chances, request.size, on_stage, cancelled)
        request = replace(request, sentence=blend.sentence, seed=blend.first_seed)
        return self._drawing(painted, 0, request, both, chances)

    def _draw_sound(
        self, request: DrawRequest, on_stage: OnStage | None, cancelled: Cancelled | None
    ) -> Drawing:
        assert request.sound is not None
        self._check_pose(request.pose)
        heard = self.ears.understand(request.sound)
        request = replace(_with_seed(request), sentence="", sound=None)
        chances = self._sample(heard.text, [request])
        painted = self._paint(heard.text, chances, request.size, on_stage, cancelled)
        notices: tuple[str, ...] = ()
        if heard.left_out:
            most, seconds = len(heard.spans), heard.spans[-1].end
            notices = (TOO_MUCH_SAID.format(most=most, seconds=seconds, more=heard.left_out),)
        nothing_read = ReadRequest(
            Reading("", notices=notices), ReadSentence(words=(), ids=(), unknown_words=())
        )
        drawing = self._drawing(painted, 0, request, nothing_read, chances)
        attention = tuple(weights[0] for weights in painted.attention)
        return replace(drawing, attention=attention, spans=heard.spans)

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
        chances = self._sample(text, list(map(self._posed, requests, read)))
        painted = self._paint(text, chances, requests[0].size, on_stage, cancelled)
        return [
            self._drawing(painted, row, requests[row], read[row], chances)
            for row in range(len(requests))
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
        return self._backend.paint(text, chances, count, on_stage, cancelled)

    def _drawing(
        self,
        painted: Painted,
        row: int,
        request: DrawRequest,
        read: ReadRequest,
        chances: Chances,
    ) -> Drawing:
        stages = tuple(stage[row] for stage in painted.stages)
        text = read.text
        pose = chances.pose_of(row, painted.chosen[row])
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
                sketches=self.sketches_of(request) or None,
                sketch=painted.chosen[row] if self.sketches_of(request) > 1 else None,
                beside=(),
            ),
            described=read.reading.described,
            model_name=self.model_name,
            device=painted.device,
            notice=" ".join(notices) or None,
            pose=pose.told(0) if pose else None,
        )

    def _encode(self, read: Sequence[ReadSentence]) -> TextFeatures:
        text: TextFeatures = self._text_encoder(*pad_ids([sentence.ids for sentence in read]))
        return text

    def _check_pose(self, wish: PoseWish) -> None:
        if wish == ANY:
            return
        if not self.poses:
            raise ModelError(NO_POSES)
        if isinstance(wish, str) and wish not in self.poses:
            raise ModelError(NO_SUCH_POSE.format(wish=wish, known=", ".join(self.poses)))

    def _posed(self, request: DrawRequest, read: ReadRequest) -> DrawRequest:
        """The request in the pose that its sentence says, where it asks for none itself."""
        said = read.reading.pose
        if said is None or said not in self.poses or request.pose != ANY:
            return request
        return replace(request, pose=said)

    def _sample(self, text: TextFeatures, requests: Sequence[DrawRequest]) -> Chances:
        return self._sampler.sample(text, requests, self.sketches_of(requests[0]) or 1)

    def _finished(self, text: TextFeatures, request: DrawRequest) -> Chances:
        """Those of the sketch that is finished for one sentence and a seed."""
        chances = self._sample(text, [request])
        if chances.sketches == 1:
            return chances
        assert request.seed is not None
        key = text.sentence.numpy().tobytes(), request.seed, chances.sketches, request.pose
        chosen = self._chosen.get(key)
        if chosen is None:
            chosen = self._paint(text, chances, self.sizes[0], None, None).chosen[0]
            if len(self._chosen) >= _REMEMBERED:
                self._chosen.clear()
            self._chosen[key] = chosen
        return chances.sketch(0, chosen)


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

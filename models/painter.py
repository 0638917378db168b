"""The painter: the one door through which the program asks for pictures."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from models.checkpoint import Checkpoint, load_checkpoint
from models.drawing import MAX_SEED, Cancelled, Drawing, OnStage
from models.errors import DrawingCancelled, ModelError, SentenceError
from models.generator import channels_last
from models.text_encoder import TextFeatures, pad_ids
from models.vocabulary import ReadSentence

BUNDLED_WEIGHTS = Path(__file__).resolve().parent.parent / "weights" / "bird.safetensors"
MAX_CHARACTERS = 1000


class Painter:
    """Draws sentences with one model on one device. Threads may share it."""

    def __init__(self, checkpoint: Checkpoint, device: torch.device) -> None:
        self.device = device
        self._checkpoint = checkpoint
        self._text_encoder = checkpoint.text_encoder  # stays on the CPU: it takes milliseconds
        self._generator = checkpoint.generator.to(device)
        channels_last(self._generator)
        self._generator.requires_grad_(False)
        self._precision = _drawing_precision(device)

    @classmethod
    def load(cls, path: Path | str | None = None, device: str = "auto") -> Painter:
        """Load a model: the bundled one unless another `path` is named.

        Parameters
        ----------
        device : "auto" (a GPU when there is one), "cpu" or "cuda".

        Raises
        ------
        CheckpointError
            The weights cannot be used, with the reason.
        ModelError
            There is no such device.
        """
        chosen = _choose_device(device)
        return cls(load_checkpoint(Path(path) if path else BUNDLED_WEIGHTS), chosen)

    @property
    def sizes(self) -> tuple[int, ...]:
        """The sides in pixels that can be drawn, one a stage."""
        return self._checkpoint.config.generator.sizes

    @property
    def model_name(self) -> str:
        """The model's name and the beginning of its checksum."""
        return f"{self._checkpoint.config.name} ({self._checkpoint.checksum[:8]})"

    @property
    def max_words(self) -> int:
        return self._checkpoint.config.text_encoder.max_words

    def check(self, sentence: str) -> ReadSentence:
        """Read a sentence as `draw` would, without drawing it.

        Raises
        ------
        SentenceError
            It is empty, longer than 1,000 characters, or has no word the model knows.
        """
        if not sentence.strip():
            raise SentenceError("Please describe a bird first: there is no text to draw.")
        if len(sentence) > MAX_CHARACTERS:
            raise SentenceError(
                f"The description is too long: {len(sentence):,} characters. "
                f"Please keep it under {MAX_CHARACTERS:,}; a sentence or two work best."
            )
        read = self._checkpoint.vocabulary.read(sentence, self.max_words)
        if not read.words:
            raise SentenceError(
                "I know none of these words. Try colours and parts in English, "
                "for example: a small red bird with black wings."
            )
        return read

    def draw(
        self,
        sentence: str,
        seed: int | None = None,
        size: int | None = None,
        on_stage: OnStage | None = None,
        cancelled: Cancelled | None = None,
    ) -> Drawing:
        """Draw one sentence.

        Parameters
        ----------
        seed : 0 to 2**31 - 1; the same one gives the same picture. Without it one is chosen.
        size : side of the picture in pixels, one of `sizes`, the largest by default; only the
            stages it needs are run.
        on_stage : called with (stage index, picture) as soon as a stage is drawn.
        cancelled : asked before each stage; when true, drawing stops.

        Raises
        ------
        SentenceError
            As `check`.
        DrawingCancelled
            `cancelled` said so.
        ValueError
            The seed or the size is out of range.
        """
        return self._draw([sentence], [seed], size, on_stage, cancelled)[0]

    def draw_batch(
        self, sentences: Sequence[str], seeds: Sequence[int | None], size: int | None = None
    ) -> list[Drawing]:
        """Draw several sentences at once, each with its own seed; errors as for `draw`."""
        if len(sentences) != len(seeds):
            raise ValueError("each sentence needs a seed (or None)")
        return self._draw(sentences, seeds, size, None, None) if sentences else []

    @torch.inference_mode()
    def _draw(
        self,
        sentences: Sequence[str],
        seeds: Sequence[int | None],
        size: int | None,
        on_stage: OnStage | None,
        cancelled: Cancelled | None,
    ) -> list[Drawing]:
        size = self.sizes[-1] if size is None else size
        if size not in self.sizes:
            raise ValueError(f"size must be one of {', '.join(map(str, self.sizes))}, not {size}")
        read = [self.check(sentence) for sentence in sentences]
        used_seeds = [secrets.randbelow(MAX_SEED + 1) if seed is None else seed for seed in seeds]
        noise, epsilon = self._sample(used_seeds)
        text = self._encode(read)

        pictures: list[list[Image.Image]] = []
        attention: list[np.ndarray] = []
        with torch.autocast(
            self.device.type, self._precision, enabled=self._precision != torch.float32
        ):
            condition, _, _ = self._generator.conditioning(text.sentence, epsilon)
            stages = self._generator.stages(
                noise, condition, text, count=self.sizes.index(size) + 1
            )
            while True:
                if cancelled is not None and cancelled():
                    raise DrawingCancelled
                canvas = next(stages, None)
                if canvas is None:
                    break
                pictures.append(_to_pictures(canvas.image))
                if canvas.attention is not None:
                    attention.append(canvas.attention.float().cpu().numpy())
                if on_stage is not None:
                    on_stage(len(pictures) - 1, pictures[-1][0])

        return [
            Drawing(
                image=pictures[-1][row],
                stages=tuple(stage[row] for stage in pictures),
                attention=tuple(weights[row, : len(read[row].words)] for weights in attention),
                words=read[row].words,
                unknown_words=read[row].unknown_words,
                seed=used_seeds[row],
                sentence=sentences[row],
                model_name=self.model_name,
            )
            for row in range(len(sentences))
        ]

    def _encode(self, read: Sequence[ReadSentence]) -> TextFeatures:
        text: TextFeatures = self._text_encoder(*pad_ids([sentence.ids for sentence in read]))
        return text.to(self.device)

    def _sample(self, seeds: Sequence[int]) -> tuple[Tensor, Tensor]:
        """Draw noise and the condition's epsilon on the CPU: the same numbers on every device."""
        config = self._checkpoint.config.generator
        rows = []
        for seed in seeds:
            if not 0 <= seed <= MAX_SEED:
                raise ValueError(f"seed must be 0 to {MAX_SEED}, not {seed}")
            source = torch.Generator().manual_seed(seed)
            rows.append(torch.randn(config.noise_size + config.condition_size, generator=source))
        sampled = torch.stack(rows).to(self.device)
        return sampled[:, : config.noise_size], sampled[:, config.noise_size :]


def _choose_device(name: str) -> torch.device:
    if name not in ("auto", "cpu", "cuda"):
        raise ModelError(f"There is no device called {name}: use auto, cpu or cuda.")
    if name == "cuda" and not torch.cuda.is_available():
        raise ModelError("There is no usable NVIDIA GPU on this computer: choose auto or cpu.")
    return torch.device("cuda" if name != "cpu" and torch.cuda.is_available() else "cpu")


def _drawing_precision(device: torch.device) -> torch.dtype:
    """bfloat16 where the processor multiplies in it: faster, and the eye sees no difference."""
    if device.type == "cpu" and torch.ops.mkldnn._is_mkldnn_bf16_supported():
        return torch.bfloat16
    return torch.float32


def _to_pictures(images: Tensor) -> list[Image.Image]:
    """Turn (B, 3, S, S) in -1 .. 1 into RGB pictures."""
    pixels = images.float().add(1).mul(127.5).round().clamp(0, 255).to(torch.uint8)
    return [Image.fromarray(picture.numpy()) for picture in pixels.permute(0, 2, 3, 1).cpu()]

"""Straight from sound beside the way through text, heard from a voice that training never heard.

    python -m benchmarks.direct --spoken spoken/test --data birds/test \
        --damsm runs/x/damsm/damsm.pt --judge runs/judge/damsm/damsm.pt --out runs/direct

The same spoken captions are drawn from the true text, from the text that is recognised and straight
from sound, each with the same seeds; clean, and with babble 15 and 5 dB below the voice. Prints
Markdown, and writes a sheet of pictures. What was recognised is kept in ``--out``: a run with other
weights does not wait for it again.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from app.speech.recognition.recognisers import load_transcriber
from app.speech.recognition.transcriber import NothingHeardError, Transcriber, speech_in
from app.speech.sound.recording import Recording
from models import Drawing, Painter
from models.errors import SoundError
from models.networks.text_encoder import pad_ids
from models.request import DrawRequest
from models.sound.ears import LEAST_LIKENESS
from models.sound.heard import HeardSentence
from models.sound.listener import Listener
from models.sound.log_mel import SAMPLE_RATE
from models.training.damsm.model import load_damsm
from models.training.damsm.retrieval import retrieval_chances
from models.training.damsm.similarity import sentence_scores
from models.training.data.examples import read_examples
from models.training.data.photographs import Photographs, kept_side
from models.training.evaluation.colours import COLOUR_SENTENCE, COLOURS, dominant_colour
from models.training.evaluation.confidence import with_confidence
from models.training.evaluation.distances import frechet_distance, kernel_distance
from models.training.evaluation.drawings import choose_seeds
from models.training.evaluation.features import FeatureNetwork, Features, pixels
from models.training.evaluation.judge import Judge
from models.training.evaluation.sheets import Panel, save_sheet
from models.training.features.cached_features import cache_features
from models.training.speech.effects import Samples, add_noise
from models.training.speech.spoken_data import load_samples, read_spoken_captions
from models.training.speech.voices import installed_voices

SIZE = 256  # pixels: photographs of birds hold no more detail
COLOUR_SEEDS = 8
CONDITIONS: dict[str, float | None] = {"clean": None, "15 dB": 15.0, "5 dB": 5.0}
TRUE, RECOGNISED, STRAIGHT = "true text", "recognised text", "straight from sound"
SHOWN, TIMED = 16, 20  # sentences
NOTHING = "a bird"  # what is drawn where nothing was heard

Description = str | HeardSentence


@dataclass(frozen=True)
class Spoken:
    """A sentence and what was said: sound for each condition."""

    text: str
    sounds: dict[str, Recording]


class Ears:
    """Both ways to understand speech.

    Parameters
    ----------
    painter : whoever draws; it refuses what is like no description.
    known : file of what was recognised before, by sentence and condition.
    """

    def __init__(self, painter: Painter, known: Path) -> None:
        self.listener, self._painter, self._known = Listener.load(), painter, known
        self._transcriber: Transcriber | None = None
        self._texts: dict[str, str] = json.loads(known.read_text()) if known.exists() else {}

    @property
    def transcriber(self) -> Transcriber:
        if self._transcriber is None:
            self._transcriber = load_transcriber("whisper")
        return self._transcriber

    def understand(self, way: str, spoken: Spoken, condition: str) -> Description:
        """Return what the painter is to draw."""
        if way == TRUE:
            return spoken.text
        sound = spoken.sounds[condition]
        if way == RECOGNISED:
            return self._recognise(f"{condition}: {spoken.text}", sound)
        try:
            heard = self.listener.hear(speech_in(sound).as_float())
        except (NothingHeardError, SoundError):
            return NOTHING
        return heard if self._painter.ears.likeness(heard) >= LEAST_LIKENESS else NOTHING

    def _recognise(self, key: str, sound: Recording) -> str:
        if key not in self._texts:
            try:
                self._texts[key] = self.transcriber.transcribe(sound)
            except NothingHeardError:
                self._texts[key] = NOTHING
            self._known.write_text(json.dumps(self._texts, indent=0))
        return self._texts[key]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    for name, what in (
        ("spoken", "folder of spoken captions of a voice that training never heard, clean"),
        ("data", "data folder of their photographs"),
        ("damsm", "damsm.pt that generator and listener were trained with"),
        ("judge", "damsm.pt of a judge kept out of training"),
        ("out", "folder for pictures and what was recognised"),
    ):
        parser.add_argument(f"--{name}", type=Path, required=True, help=what)
    parser.add_argument("--utterances", type=int, default=200, metavar="N")
    parser.add_argument("--piper-voice", type=Path, help="if the voice is one of Piper (.onnx)")
    parser.add_argument(
        "--only-times", action="store_true", help="how long both ways take, on an idle machine"
    )
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    comparison = Comparison(options)
    if not options.only_times:
        comparison.print_scores()
    comparison.print_times()


class Comparison:
    """One run: its sentences, their photographs, and who looks at the drawings."""

    def __init__(self, options: argparse.Namespace) -> None:
        captions = read_spoken_captions(options.spoken)[: options.utterances]
        self.examples = read_examples(options.data)
        place = {
            example.path.relative_to(options.data).as_posix(): row
            for row, example in enumerate(self.examples)
        }
        self.rows = [place[caption.picture] for caption in captions]
        chooser = np.random.default_rng(0)
        texts = [caption.text for caption in captions]
        self.judge = Judge(options.judge, self.examples, self.rows, chooser, texts)
        self.seeds = choose_seeds(len(captions), chooser)
        self.colour_seeds = choose_seeds(COLOUR_SEEDS, chooser)
        self.painter = Painter.load(device="cpu")
        self.ears = Ears(self.painter, options.out / "recognised.json")
        self.network = FeatureNetwork.of_judge(self.judge.damsm, torch.device("cpu"))
        self.spoken = [
            _in_noise(caption.text, load_samples(caption.path).numpy(), number)
            for number, caption in enumerate(captions)
        ]
        voice = next(
            voice
            for voice in installed_voices(options.piper_voice)
            if voice.name == captions[0].voice
        )
        sentences = [COLOUR_SENTENCE.format(colour=colour) for colour in COLOURS]
        self.colours = [
            _in_noise(sentence, voice.speak(sentence), number)
            for number, sentence in enumerate(sentences)
        ]
        self.finding = _Finding(options.damsm, options.data, self.rows)
        self.out, self.voice = options.out, voice.name

    def print_scores(self) -> None:
        """Print the table of scores, and write the sheet of pictures."""
        chosen = [self.examples[row] for row in self.rows]
        photographs = self.network.see_photographs(chosen, SIZE, "photographs").pooled
        print(
            f"\n{len(self.rows)} captions of photographs never seen, spoken by {self.voice}, which "
            f"was never heard; {SIZE} px; {COLOUR_SEEDS} drawings of each of {len(COLOURS)} "
            "colours.\n"
        )
        print(
            "| drawn from | sound | refused | sentence R@1, % | R@1, % | colours, % | KID | FID |"
        )
        print("| --- | --- | --- | --- | --- | --- | --- | --- |", flush=True)
        sheet: list[list[Drawing]] = []
        for way, condition in _runs():
            understood = [
                self.ears.understand(way, spoken, condition)
                for spoken in tqdm(self.spoken, f"{way}, {condition}", leave=False)
            ]
            drawings, features = self._draw(understood)
            shares = (
                self.finding.chances(self.painter, understood),
                self.judge.chances(features.judged),
                self._obeyed(way, condition),
            )
            kid = kernel_distance(features.pooled, photographs)
            fid = frechet_distance(features.pooled, photographs)
            figures = " | ".join(map(_percent, shares))
            heard = "–" if way == TRUE else condition
            refused = sum(what == NOTHING for what in understood)
            print(
                f"| {way} | {heard} | {refused} | {figures} | {kid:.3f} | {fid:.0f} |", flush=True
            )
            if condition == "clean":
                sheet.append(drawings[:SHOWN])
        panels = [
            Panel([drawing.image for drawing in row], spoken.text, (TRUE, RECOGNISED, STRAIGHT))
            for row, spoken in zip(zip(*sheet, strict=True), self.spoken[:SHOWN], strict=True)
        ]
        save_sheet(self.out / "direct.jpg", panels, columns=2, side=160)

    def _draw(self, understood: Sequence[Description]) -> tuple[list[Drawing], Features]:
        drawings, seen = [], []
        for start in tqdm(range(0, len(understood), 32), "drawings", leave=False):
            part = slice(start, start + 32)
            some = [
                _draw(self.painter, what, seed, SIZE)
                for what, seed in zip(understood[part], self.seeds[part], strict=True)
            ]
            seen.append(self.network.see(pixels([drawing.image for drawing in some])))
            drawings += some
        return drawings, Features.join(seen)

    def _obeyed(self, way: str, condition: str) -> Tensor:
        """Whether each drawing of a colour shows it."""
        flags = []
        for colour, spoken in zip(COLOURS, self.colours, strict=True):
            what = self.ears.understand(way, spoken, condition)
            for seed in self.colour_seeds:
                image = _draw(self.painter, what, seed, SIZE).image
                flags.append(dominant_colour(image) == colour)
        return torch.tensor(flags).double()

    def print_times(self) -> None:
        """Print how long it takes from the end of speech to the 512 px picture."""
        print(f"\n| {TIMED} sentences | median, s | longest, s |\n| --- | --- | --- |")
        for way in (RECOGNISED, STRAIGHT):
            taken = []
            for spoken in self.spoken[: TIMED + 1]:
                began = time.perf_counter()
                if way == RECOGNISED:
                    what: Description = self.ears.transcriber.transcribe(spoken.sounds["clean"])
                else:
                    what = self.ears.understand(way, spoken, "clean")
                _draw(self.painter, what, 1, None)
                taken.append(time.perf_counter() - began)
            del taken[0]  # the first one is slower
            print(f"| {way} | {statistics.median(taken):.2f} | {max(taken):.2f} |")


class _Finding:
    """Whether a sentence, as it was understood, finds its own photograph among 99 others'."""

    def __init__(self, damsm: Path, data: Path, rows: Sequence[int]) -> None:
        loaded = load_damsm(damsm)
        pictures = Photographs(read_examples(data), kept_side(loaded.picture_size))
        cache = cache_features(loaded.features, pictures, loaded.picture_size)
        with torch.no_grad():
            _, self._whole = loaded.projection(cache.regions[0].float(), cache.pooled[0].float())
        self._rows, self._species = torch.tensor(rows), pictures.species
        self._encoder, self._vocabulary = loaded.text_encoder, loaded.vocabulary

    @torch.inference_mode()
    def chances(self, painter: Painter, understood: Sequence[Description]) -> Tensor:
        sentences = torch.cat([self._sentence(painter, what) for what in understood])
        # Each sentence is asked for its photograph, not the other way round.
        scores = sentence_scores(self._whole, sentences).T
        asked = torch.arange(len(sentences))
        return retrieval_chances(scores, asked, self._rows, self._species)

    def _sentence(self, painter: Painter, what: Description) -> Tensor:
        if isinstance(what, HeardSentence):
            return what.text.sentence
        ids = self._vocabulary.read(what, painter.max_words).ids or [0]
        feature: Tensor = self._encoder(*pad_ids([ids])).sentence
        return feature


def _percent(values: Tensor) -> str:
    score = with_confidence(lambda rows: 100 * float(values[rows].mean()), len(values))
    return f"{score.value:.1f} ± {score.margin:.1f}"


def _runs() -> Iterator[tuple[str, str]]:
    yield TRUE, "clean"
    for way in (RECOGNISED, STRAIGHT):
        for condition in CONDITIONS:
            yield way, condition


def _in_noise(text: str, samples: Samples, seed: int) -> Spoken:
    def sound(decibels: float | None) -> Recording:
        noisy = samples
        if decibels is not None:
            noisy = add_noise(samples, "babble", decibels, np.random.default_rng(seed))
        return Recording((noisy * 32767).astype(np.int16), SAMPLE_RATE)

    return Spoken(text, {name: sound(decibels) for name, decibels in CONDITIONS.items()})


def _draw(painter: Painter, what: Description, seed: int, size: int | None) -> Drawing:
    if isinstance(what, HeardSentence):
        return painter.draw(DrawRequest(seed=seed, size=size, sound=what))
    return painter.draw(what, seed, size)


if __name__ == "__main__":
    main()

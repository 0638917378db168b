"""Straight from sound beside the way through text, heard from voices that training never heard.

    python -m models.training speak --data birds/test --out spoken/test --kokoro kokoro \
        --test-voices --clean --utterances 250
    python -m benchmarks.direct --spoken spoken/test --data birds/test --kokoro kokoro \
        --damsm runs/x/damsm/damsm.pt --judge runs/judge --out runs/direct

The same spoken captions are drawn from the true text, from the text that is recognised and straight
from sound, each with the same seeds; clean, and with babble 15 and 5 dB below the voice. Prints
Markdown, a row for native voices and one for accented ones, and writes a sheet of pictures. What
was recognised is kept in ``--out``: a run with other weights does not wait for it again.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import soundfile
import torch
from nltk.metrics import edit_distance
from torch import Tensor
from tqdm import tqdm

from benchmarks.direct_ears import (
    CONDITIONS,
    NEAREST_OF,
    NOTHING,
    RECOGNISED,
    STRAIGHT,
    TRUE,
    Description,
    Ears,
    Finding,
    Spoken,
)
from models import Drawing, Painter
from models.request import DrawRequest
from models.sound.heard import HeardSentence
from models.sound.log_mel import SAMPLE_RATE
from models.training.data.examples import read_examples
from models.training.evaluation.anatomy import ANATOMY, load_part_finder
from models.training.evaluation.colours import COLOUR_SENTENCE, COLOURS, dominant_colour
from models.training.evaluation.confidence import SPLITS, with_confidence
from models.training.evaluation.drawings import choose_seeds
from models.training.evaluation.features import NETWORK, FeatureNetwork, Features, pixels
from models.training.evaluation.judge import Judge
from models.training.evaluation.sheets import Panel, save_sheet
from models.training.options.scoring import add_judge
from models.training.speech.effects import Samples
from models.training.speech.spoken_data import load_samples, read_spoken_captions
from models.training.speech.synthesiser import Voice
from models.training.speech.voices import installed_voices
from models.words.vocabulary import tokenize

SIZE = 256  # pixels: photographs of birds hold no more detail
SHOWN, TIMED = 16, 20  # sentences


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    for name, what in (
        ("spoken", "folder of spoken captions of voices that training never heard, clean"),
        ("data", "data folder of their photographs"),
        ("damsm", "damsm.pt that generator and listener were trained with"),
        ("out", "folder for pictures and what was recognised"),
    ):
        parser.add_argument(f"--{name}", type=Path, required=True, help=what)
    add_judge(parser)
    parser.add_argument("--weights", type=Path, help="what draws (the bundled weights)")
    parser.add_argument("--listener", type=Path, help="what hears straight (the bundled one)")
    parser.add_argument("--utterances", type=int, default=250, metavar="N")
    parser.add_argument(
        "--colour-drawings", type=int, default=8, metavar="N", help="drawings of each colour (8)"
    )
    parser.add_argument("--piper-voice", type=Path, help="if a voice is one of Piper (.onnx)")
    parser.add_argument("--kokoro", type=Path, help="if voices are Kokoro's, its folder")
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
        rows = [place[caption.picture] for caption in captions]
        chooser = np.random.default_rng(0)
        texts = [caption.text for caption in captions]
        self.judge = Judge(options.judge, self.examples, rows, chooser, texts)
        self.seeds = choose_seeds(len(captions), chooser)
        self.colour_seeds = choose_seeds(options.colour_drawings, chooser)
        self.painter = Painter.load(options.weights, device="cpu")
        self.size = min(SIZE, self.painter.sizes[-1])
        self.ears = Ears(self.painter, options.listener, options.out / "recognised.json")
        parts = load_part_finder(options.judge, NETWORK)
        self.network = FeatureNetwork.of_judge(self.judge.damsm, torch.device("cpu"), parts)
        self.spoken = [
            Spoken.in_noise(caption.text, caption.voice, load_samples(caption.path).numpy(), number)
            for number, caption in enumerate(captions)
        ]
        self.groups = sorted({spoken.accent for spoken in self.spoken}, reverse=True)
        self.colours = self._speak_colours(options)
        self.finding = Finding(options.damsm, self.examples, rows, texts)
        self.out = options.out

    def _speak_colours(self, options: argparse.Namespace) -> dict[str, list[Spoken]]:
        """Each colour by one of each group's voices, in turn."""
        voices = {v.name: v for v in installed_voices(options.piper_voice, options.kokoro)}
        sentences = [COLOUR_SENTENCE.format(colour=colour) for colour in COLOURS]
        spoken: dict[str, list[Spoken]] = {}
        for group in self.groups:
            names = sorted({some.voice for some in self.spoken if some.accent == group})
            if missing := set(names) - set(voices):
                raise SystemExit(
                    f"{', '.join(missing)} cannot speak here: name --kokoro or --piper-voice."
                )
            spoken[group] = [
                Spoken.in_noise(text, name, _said(voices[name], text, options.out), number)
                for number, text in enumerate(sentences)
                for name in [names[number % len(names)]]
            ]
        return spoken

    def print_scores(self) -> None:
        """Print the table of scores, and write the sheet of pictures."""
        voices = sorted({spoken.voice for spoken in self.spoken})
        print(
            f"\n{len(self.spoken)} captions of photographs never seen, spoken by "
            f"{', '.join(voices)}, which were never heard; {self.size} px; "
            f"{len(self.colour_seeds)} drawings of each of {len(COLOURS)} colours.\n"
        )
        print(
            "| drawn from | sound | voices | sentences | refused, % | wrong words, % | nearest of "
            f"{min(NEAREST_OF, len(self.spoken))}, % | sentence R@1, % | R@1, % | colours, % | "
            "whole birds, % |"
        )
        print("| --- | --- | --- | " + "| ".join(["--- "] * 8) + "|", flush=True)
        sheet: list[list[Drawing]] = []
        for way, condition in _runs():
            understood = [
                self.ears.understand(way, spoken, condition)
                for spoken in tqdm(self.spoken, f"{way}, {condition}", leave=False)
            ]
            drawings, features = self._draw(understood)
            sentences = self.finding.sentences(understood)
            scores = [
                torch.tensor([what == NOTHING for what in understood]),
                self._wrong_words(understood) if way == RECOGNISED else None,
                self.finding.nearest(sentences),
                self.finding.found(sentences),
                self.judge.chances(features.judged),
            ]
            whole = (
                features.anatomy[:, ANATOMY.index("whole")] if features.anatomy.shape[1] else None
            )
            for group in self.groups:
                chosen = torch.tensor([spoken.accent == group for spoken in self.spoken])
                shares = [
                    *(_of(chosen, score) for score in scores),
                    self._obeyed(way, group, condition),
                ]
                figures = " | ".join(map(_percent, [*shares, _of(chosen, whole)]))
                heard = "–" if way == TRUE else condition
                print(
                    f"| {way} | {heard} | {group} | {int(chosen.sum())} | {figures} |", flush=True
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
                _draw(self.painter, what, seed, self.size)
                for what, seed in zip(understood[part], self.seeds[part], strict=True)
            ]
            seen.append(self.network.see(pixels([drawing.image for drawing in some])))
            drawings += some
        return drawings, Features.join(seen)

    def _wrong_words(self, understood: Sequence[Description]) -> Tensor:
        """Mistakes a word said, of each sentence."""
        shares = []
        for spoken, what in zip(self.spoken, understood, strict=True):
            said = tokenize(spoken.text)
            heard = [] if what == NOTHING else tokenize(str(what))
            shares.append(edit_distance(said, heard) / len(said))
        return torch.tensor(shares)

    def _obeyed(self, way: str, group: str, condition: str) -> Tensor:
        """Whether each drawing of a colour shows it."""
        flags = []
        for colour, spoken in zip(COLOURS, self.colours[group], strict=True):
            what = self.ears.understand(way, spoken, condition)
            for seed in self.colour_seeds:
                image = _draw(self.painter, what, seed, self.size).image
                (places,) = self.network.bodies(pixels([image]))
                flags.append(dominant_colour(image, places) == colour)
        return torch.tensor(flags)

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


def _of(chosen: Tensor, score: Tensor | None) -> Tensor | None:
    return None if score is None else score[chosen]


def _percent(values: Tensor | None) -> str:
    """Their mean, with its confidence where there are enough."""
    if values is None or not len(values):
        return "–"
    share = 100 * values.double()
    if len(share) < 2 * SPLITS:
        return f"{share.mean():.1f}"
    score = with_confidence(lambda rows: float(share[rows].mean()), len(share))
    return f"{score.value:.1f} ± {score.margin:.1f}"


def _said(voice: Voice, text: str, folder: Path) -> Samples:
    """Have a text spoken, unless it lies in the folder from before."""
    path = folder / f"{voice.name}, {text}.flac".replace(":", " ")
    if not path.exists():
        soundfile.write(path, voice.speak(text), SAMPLE_RATE)
    return load_samples(path).numpy()


def _runs() -> Iterator[tuple[str, str]]:
    yield TRUE, "clean"
    for way in (RECOGNISED, STRAIGHT):
        for condition in CONDITIONS:
            yield way, condition


def _draw(painter: Painter, what: Description, seed: int, size: int | None) -> Drawing:
    if isinstance(what, HeardSentence):
        return painter.draw(DrawRequest(seed=seed, size=size, sound=what))
    return painter.draw(what, seed, size)


if __name__ == "__main__":
    main()

"""Whether birds asked for by name look like themselves: a hundred names, eight drawings each.

    python -m benchmarks.names --out runs/names [--weights bird.safetensors] [--size 64]
    python -m benchmarks.names --out runs/names --check-on birds      the checker, on photographs

A name shows its colours when most of its drawings do (`benchmarks/bird_colours.py`). With
``--judge`` (a DAMSM of ``run judge``) each drawing is compared with the book's descriptions of its
own name and of nine others. Writes ``names.jpg``, the first four drawings of every name, and
``names.jsonl``.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

from benchmarks.bird_colours import WellKnown, colour_shares, read_names
from models import DrawRequest, Painter
from models.painter import BUNDLED_WEIGHTS
from models.training.data.examples import read_examples
from models.training.data.photographs import bird_square
from models.training.evaluation.sheets import Panel, save_sheet
from models.words.bird_book import bird_book
from models.words.names import names_of
from models.words.parts import KINDS

WAYS = ("reader", "name", "description", "both")
DRAWINGS = 8
CANDIDATES = 10
MOST_PHOTOGRAPHS = 30
"""Photographs of a name on which the checker is tried."""
_SHOWN = 4
_WORST = 15


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure how well names of birds are drawn.")
    parser.add_argument("--weights", type=Path, default=BUNDLED_WEIGHTS)
    parser.add_argument("--out", type=Path, required=True, help="folder for sheet and table")
    parser.add_argument("--size", type=int, default=64, help="side of the drawings (64)")
    parser.add_argument("--judge", type=Path, help="damsm.pt of `run judge`")
    parser.add_argument(
        "--draw",
        choices=WAYS,
        default=WAYS[0],
        help="what the reader makes of a name; the name alone; its description; both in one",
    )
    parser.add_argument(
        "--check-on", type=Path, metavar="DATA", help="try the checker on photographs instead"
    )
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    names = read_names()
    if options.check_on:
        check_the_checker(names, options.check_on)
        return

    painter = Painter.load(options.weights)
    drawn: dict[str, list[Image.Image]] = {}
    how: dict[str, str] = {}
    for known in tqdm(names, unit=" names"):
        text = _text(known.name, options.draw)
        asked = [
            DrawRequest(text, seed, options.size, as_written=options.draw != WAYS[0])
            for seed in range(DRAWINGS)
        ]
        drawings = painter.draw_batch(asked)
        drawn[known.name] = [drawing.stages[-1] for drawing in drawings]
        how[known.name] = drawings[0].drawn_as or known.name
    shown = {
        known.name: float(np.mean([known.is_shown(colour_shares(p)) for p in drawn[known.name]]))
        for known in names
    }
    matched = _matched(options.judge, drawn) if options.judge else {}
    rows = [
        {"name": name, "drawn_as": how[name], "colours": share, "matched": matched.get(name)}
        for name, share in shown.items()
    ]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (options.out / "names.jsonl").write_text(lines, encoding="utf-8")
    panels = [Panel(drawn[name][:_SHOWN], f"{name}: {shown[name]:.0%}") for name in sorted(drawn)]
    save_sheet(options.out / "names.jpg", panels, 5, 64)
    _print(shown, matched, names)


def _print(shown: dict[str, float], matched: dict[str, float], names: Sequence[WellKnown]) -> None:
    good = sum(share >= 0.5 for share in shown.values())
    print(f"{good} of {len(shown)} names show their main colours in half their drawings or more,")
    print(f"{np.mean([*shown.values()]):.1%} of all drawings do.")
    if matched:
        share = np.mean([*matched.values()])
        print(f"{share:.1%} are matched to their own name's description among {CANDIDATES}.")
    colours = {known.name: ", ".join("/".join(sorted(c)) for c in known.colours) for known in names}
    print("\n| name | main colours | shown, % | matched, % |\n| --- | --- | --- | --- |")
    for name in sorted(shown, key=lambda name: shown[name])[:_WORST]:
        match = f"{100 * matched[name]:.0f}" if matched else "–"
        print(f"| {name} | {colours[name]} | {100 * shown[name]:.0f} | {match} |")


def _matched(judge: Path, drawn: dict[str, list[Image.Image]]) -> dict[str, float]:
    """Return the share of each name's drawings that find its description among ten."""
    import torch

    from models.networks.text_encoder import pad_ids
    from models.training.damsm.similarity import sentence_scores
    from models.training.evaluation.features import FeatureNetwork, pixels
    from models.training.evaluation.judge import load_judge

    damsm = load_judge(judge)
    network = FeatureNetwork.of_judge(damsm, torch.device("cpu"))
    names = list(drawn)
    told = [_description(name) for name in names]
    most = damsm.text_encoder.config.max_words
    ids = [damsm.vocabulary.read(text, most).ids for text in told]
    chooser = np.random.default_rng(0)
    found = {}
    with torch.inference_mode():
        sentences = damsm.text_encoder(*pad_ids(ids)).sentence
        for row, name in enumerate(tqdm(names, unit=" judged")):
            judged = network.see(pixels(drawn[name])).judged
            scores = sentence_scores(damsm.projection.of_whole(judged), sentences)
            others = [other for other in range(len(names)) if told[other] != told[row]]
            wins = []
            for each in scores:
                rivals = chooser.choice(others, CANDIDATES - 1, replace=False)
                wins.append(bool(each[row] > each[rivals].max()))
            found[name] = float(np.mean(wins))
    return found


def _text(name: str, way: str) -> str:
    """Return the sentence to draw for a name."""
    if way == "reader":
        return name
    if way == "name":
        return f"a {name}"
    description = _description(name)
    if way == "description":
        return description
    return " ".join(name if word in KINDS else word for word in description.split())


def _description(name: str) -> str:
    bird = bird_book().get(name)
    if bird is None:
        raise SystemExit(f"The bird book has no {name}.")
    return bird.description


def check_the_checker(names: Sequence[WellKnown], data: Path) -> None:
    """Print how often the checker says yes to photographs of a name, and of other birds' names."""
    photographs = _photographs(names, data)
    right, wrong = {}, []
    for known in tqdm([known for known in names if known.name in photographs], unit=" names"):
        right[known.name] = float(
            np.mean([known.is_shown(shares) for shares in photographs[known.name]])
        )
        for other in names:  # whose colours are none of the name's first ones
            differs = not known.colours[0] & frozenset().union(*other.colours)
            if other.name in photographs and differs:
                wrong += [known.is_shown(shares) for shares in photographs[other.name]]
    print(f"Photographs of {len(right)} names: yes to {np.mean([*right.values()]):.1%} of their")
    good = sum(share >= 0.5 for share in right.values())
    print(f"own (half or more of {good}), to {np.mean(wrong):.1%} of those of names with other")
    print("first colours.")
    for name in sorted(right, key=lambda name: right[name]):
        print(f"{100 * right[name]:4.0f}  {name} ({len(photographs[name])})")


def _photographs(names: Sequence[WellKnown], data: Path) -> dict[str, list[dict[str, float]]]:
    """Colours of photographs of those names that a data folder holds."""
    wanted = {bird_book().get(known.name): known.name for known in names}
    found: dict[str, list[dict[str, float]]] = {}
    for part in ("train", "test", "more"):
        if not (data / part).is_dir():
            continue
        for example in read_examples(data / part, captioned=False):
            name = wanted.get(bird_book().get(names_of(example.species).full))
            if name and len(found.setdefault(name, [])) < MOST_PHOTOGRAPHS:
                found[name].append(colour_shares(bird_square(example, 64)))
    return found


if __name__ == "__main__":
    main()

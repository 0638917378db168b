#!/usr/bin/env python3
"""Draw two pictures of README: sentences about colours by seeds, and birds asked for by name."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from models import Painter
from models.request import DrawRequest
from models.training.evaluation.sheets import Panel, save_sheet

SENTENCES = (
    "this bird is bright red with black wings",
    "an orange bird with a black head",
    "a small yellow bird with a black head",
    "a small green bird with a long thin beak",
    "this is a blue bird with a white belly",
    "a black bird with a long sharp beak",
    "a large white bird with a long neck",
    "this bird is brown with a speckled breast",
)
SEEDS = (0, 1, 2, 3)
NAMES = (
    "northern cardinal", "blue jay", "American goldfinch", "mallard",
    "flamingo", "emperor penguin", "peacock", "snowy owl",
    "toucan", "scarlet macaw", "puffin", "bald eagle",
    "hoopoe", "kingfisher", "budgerigar", "ostrich",
)  # fmt: skip
"""Good ones and bad ones."""
NAMES_SEED = 1
SIDE = 192
CAPTION_HEIGHT = 44


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--output", type=Path, default=Path("docs"), help="folder (docs)")
    parser.add_argument("--weights", type=Path, help="another weights file than the bundled one")
    options = parser.parse_args()

    painter = Painter.load(options.weights)
    draw_colours(painter, options.output / "colours.jpg")
    requests = [DrawRequest(name, NAMES_SEED) for name in NAMES]
    panels = [Panel([painter.draw(each).image], each.sentence) for each in requests]
    save_sheet(options.output / "names.jpg", panels, columns=8, side=SIDE)


def draw_colours(painter: Painter, path: Path) -> None:
    """Draw each sentence (a column) with each seed (a row)."""
    sheet = Image.new("RGB", (SIDE * len(SENTENCES), CAPTION_HEIGHT + SIDE * len(SEEDS)), "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(13)
    for column, sentence in enumerate(SENTENCES):
        pen.multiline_text((column * SIDE + 6, 6), _in_two_lines(sentence), "black", font)
        requests = [DrawRequest(sentence, seed) for seed in SEEDS]
        for row, drawing in enumerate(painter.draw_batch(requests)):
            picture = drawing.image.resize((SIDE, SIDE), Image.Resampling.LANCZOS)
            sheet.paste(picture, (column * SIDE, CAPTION_HEIGHT + row * SIDE))
    sheet.save(path, quality=90)


def _in_two_lines(sentence: str) -> str:
    words = sentence.split()
    half = (len(words) + 1) // 2
    return " ".join(words[:half]) + "\n" + " ".join(words[half:])


if __name__ == "__main__":
    main()

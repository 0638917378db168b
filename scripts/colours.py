#!/usr/bin/env python3
"""Draw the README's picture: eight colour sentences (columns) with four seeds (rows)."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from models import Painter
from models.request import DrawRequest

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
SIDE = 192
CAPTION_HEIGHT = 44


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--output", type=Path, default=Path("docs/colours.jpg"))
    parser.add_argument("--weights", type=Path, help="another weights file than the bundled one")
    options = parser.parse_args()

    painter = Painter.load(options.weights)
    sheet = Image.new("RGB", (SIDE * len(SENTENCES), CAPTION_HEIGHT + SIDE * len(SEEDS)), "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(13)
    for column, sentence in enumerate(SENTENCES):
        pen.multiline_text((column * SIDE + 6, 6), _in_two_lines(sentence), "black", font)
        requests = [DrawRequest(sentence, seed) for seed in SEEDS]
        for row, drawing in enumerate(painter.draw_batch(requests)):
            picture = drawing.image.resize((SIDE, SIDE), Image.Resampling.LANCZOS)
            sheet.paste(picture, (column * SIDE, CAPTION_HEIGHT + row * SIDE))
    sheet.save(options.output, quality=90)
    print(options.output)


def _in_two_lines(sentence: str) -> str:
    words = sentence.split()
    half = (len(words) + 1) // 2
    return " ".join(words[:half]) + "\n" + " ".join(words[half:])


if __name__ == "__main__":
    main()

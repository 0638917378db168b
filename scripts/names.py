#!/usr/bin/env python3
"""Draw the picture of names for the guide: sixteen birds, good and bad ones, asked for by name."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from models import Painter
from models.request import DrawRequest

NAMES = (
    "northern cardinal", "blue jay", "American goldfinch", "mallard",
    "flamingo", "emperor penguin", "peacock", "snowy owl",
    "toucan", "scarlet macaw", "puffin", "bald eagle",
    "hoopoe", "kingfisher", "budgerigar", "ostrich",
)  # fmt: skip
COLUMNS, SIDE, CAPTION_HEIGHT = 8, 192, 26
SEED = 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--output", type=Path, default=Path("docs/names.jpg"))
    parser.add_argument("--weights", type=Path, help="another weights file than the bundled one")
    parser.add_argument("--seed", type=int, default=SEED, help="of all drawings")
    options = parser.parse_args()

    painter = Painter.load(options.weights)
    rows = -(-len(NAMES) // COLUMNS)
    sheet = Image.new("RGB", (SIDE * COLUMNS, (CAPTION_HEIGHT + SIDE) * rows), "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(15)
    for number, name in enumerate(NAMES):
        left = SIDE * (number % COLUMNS)
        top = (CAPTION_HEIGHT + SIDE) * (number // COLUMNS)
        drawing = painter.draw(DrawRequest(name, options.seed))
        picture = drawing.image.resize((SIDE, SIDE), Image.Resampling.LANCZOS)
        pen.text((left + 6, top + 4), name, "black", font)
        sheet.paste(picture, (left, top + CAPTION_HEIGHT))
    sheet.save(options.output, quality=90)
    print(options.output)


if __name__ == "__main__":
    main()

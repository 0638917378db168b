#!/usr/bin/env python3
"""Draw the picture of names for the guide: sixteen birds, good and bad ones, asked for by name."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from models import Painter
from models.request import DrawRequest
from models.training.evaluation.sheets import Panel, save_sheet

NAMES = (
    "northern cardinal", "blue jay", "American goldfinch", "mallard",
    "flamingo", "emperor penguin", "peacock", "snowy owl",
    "toucan", "scarlet macaw", "puffin", "bald eagle",
    "hoopoe", "kingfisher", "budgerigar", "ostrich",
)  # fmt: skip
SEED = 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--output", type=Path, default=Path("docs/names.jpg"))
    parser.add_argument("--weights", type=Path, help="another weights file than the bundled one")
    parser.add_argument("--seed", type=int, default=SEED, help="of all drawings")
    options = parser.parse_args()

    painter = Painter.load(options.weights)
    panels = [Panel([painter.draw(DrawRequest(name, options.seed)).image], name) for name in NAMES]
    save_sheet(options.output, panels, columns=8, side=192)
    print(options.output)


if __name__ == "__main__":
    main()

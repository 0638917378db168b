"""What is worth keeping of a run for good, as a folder from which the run goes on."""

from __future__ import annotations

import shutil
from pathlib import Path

from models.training.gan.trainer import load_gan, pack_gan
from models.training.recipes.recipe_run import RECIPE_FILE, RUNS_FILE
from models.training.runs.epochs import state_path
from models.training.runs.states import save_state


def pack(run: Path, output: Path) -> list[Path]:
    """Copy a run's recipe, expert, DAMSM and scorer of sketches, and its phases as `pack_gan` does.

    The generator is that of the last phase; of earlier ones, discriminators alone are asked for.

    Returns
    -------
    The files that were written, the recipe last: without it the folder is no run.

    Raises
    ------
    FileNotFoundError, ValueError
        There is no run, or its expert or DAMSM is not complete; or the folder is not empty.
    """
    if not (run / RECIPE_FILE).is_file():
        raise FileNotFoundError(f"{run} holds no run: it has no {RECIPE_FILE}")
    if any(state_path(run / name, name).exists() for name in ("expert", "damsm")):
        raise ValueError(f"{run} is not far enough: its expert or its DAMSM is being trained")
    if output.exists() and any(output.iterdir()):
        raise ValueError(f"{output} is not empty: name a new folder")
    written = []
    for name in ("expert/expert.pt", "damsm/damsm.pt", "sketches/sketches.pt", RUNS_FILE):
        if (run / name).exists():
            (output / name).parent.mkdir(parents=True, exist_ok=True)
            written.append(Path(shutil.copyfile(run / name, output / name)))
    begun = sorted(
        run.glob("phase-*/gan.pt"), key=lambda path: int(path.parent.name.removeprefix("phase-"))
    )
    for path in begun:
        packed = output / path.relative_to(run)
        packed.parent.mkdir(parents=True)
        state = pack_gan(load_gan(path))
        save_state(state if path == begun[-1] else state | {"ema": {}}, packed)
        written.append(packed)
    written.append(Path(shutil.copyfile(run / RECIPE_FILE, output / RECIPE_FILE)))
    return written

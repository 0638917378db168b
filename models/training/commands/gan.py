"""``gan``: train the generator against its discriminators, by a preset.

With several GPUs or machines, start it with ``torchrun``:
``torchrun --nproc-per-node 4 -m models.training gan ...``.
"""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path

from models.training.commands.settings_options import add_settings, chosen_settings

SUMMARY = "train the generator's stages against their discriminators"


def add_options(parser: argparse.ArgumentParser) -> None:
    from models.training.gan.settings import PRESETS, GanTraining

    parser.add_argument("--data", type=Path, required=True, help="folder with metadata.jsonl")
    parser.add_argument("--damsm", type=Path, required=True, help="damsm.pt of a damsm run")
    parser.add_argument("--out", type=Path, required=True, help="folder for the run")
    parser.add_argument("--preset", choices=PRESETS, default="speech2bird", help="the recipe")
    parser.add_argument(
        "--stage-count", type=int, choices=(1, 2, 3, 4), help="train only the first stages"
    )
    parser.add_argument("--stage-channels", type=int, nargs="+", help="channels of each stage")
    parser.add_argument(
        "--first-stage-blocks",
        type=int,
        choices=range(5),
        help="residual blocks at 8, 16 and 32 px of stage 1 (speech2bird: 1); begun from a run "
        "without them, they are added",
    )
    parser.add_argument(
        "--phase-pictures",
        type=int,
        nargs="+",
        metavar="N",
        help="photographs to see in each phase of the preset; 0 leaves a phase out",
    )
    parser.add_argument(
        "--minutes", type=float, default=float("inf"), help="stop and save after so long"
    )
    parser.add_argument(
        "--resume", action="store_true", help="go on where the run in --out stopped"
    )
    parser.add_argument(
        "--start-from",
        type=Path,
        metavar="FILE",
        help="gan.pt of another run, or weights, to begin with",
    )
    parser.add_argument(
        "--lower-stages-from",
        type=Path,
        metavar="GAN.PT",
        help="with --start-from: take the stages below the trained ones from this run",
    )
    parser.add_argument(
        "--discriminators-from",
        type=Path,
        metavar="FILE",
        help="with --start-from: begin with taught ones, from a file of export --discriminators",
    )
    phases = [phase.settings for preset in PRESETS.values() for phase in preset.phases]
    add_settings(
        parser,
        GanTraining(),
        "settings, for all phases; where no value is shown, the preset's decide",
        phases,
    )


def run(options: argparse.Namespace) -> None:
    from models.training.gan.schedule import run_schedule
    from models.training.gan.settings import PRESETS, GanTraining
    from models.training.runs.distributed import process_group

    for name in ("lower_stages_from", "discriminators_from"):
        if getattr(options, name) and not options.start_from:
            option = name.replace("_", "-")
            raise ValueError(f"--{option} needs --start-from: the run that it improves.")
    preset = PRESETS[options.preset].changed(chosen_settings(GanTraining, options))
    generator = preset.generator
    if options.stage_channels:
        channels = tuple(options.stage_channels)
        if len(channels) != len(generator.stage_channels):
            raise ValueError(f"{preset.name} has {len(generator.stage_channels)} stages")
        generator = dataclasses.replace(generator, stage_channels=channels)
    if options.first_stage_blocks is not None:
        generator = dataclasses.replace(generator, first_stage_blocks=options.first_stage_blocks)
    preset = dataclasses.replace(preset, generator=generator)
    if options.stage_count:
        preset = preset.with_stages(options.stage_count)
    if options.phase_pictures:
        preset = preset.with_pictures(options.phase_pictures)
    with process_group() as device:
        complete = run_schedule(
            preset,
            options.data,
            options.damsm,
            options.out,
            device,
            options.minutes,
            options.resume,
            options.start_from,
            options.lower_stages_from,
            options.discriminators_from,
        )
    if not complete:
        print(f"Stopped and saved in {options.out}; go on with --resume.")

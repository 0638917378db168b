"""``prepare``: make a data folder of the CUB download, or of one's own pictures and captions."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from models.training.options.numbers import PIXELS

SUMMARY = "make a data folder of CUB, or of your own pictures and captions"


def add_options(parser: argparse.ArgumentParser) -> None:
    sources = parser.add_mutually_exclusive_group(required=True)
    sources.add_argument("--cub", type=Path, metavar="FOLDER", help="the folder CUB_200_2011")
    sources.add_argument("--pictures", type=Path, metavar="FOLDER", help="your own pictures")
    parser.add_argument(
        "--captions",
        type=Path,
        required=True,
        metavar="PATH",
        help="Reed's text_c10, AttnGAN's captions.pickle, a CSV or JSON (file_name, caption, "
        "species, box, parts)",
    )
    parser.add_argument(
        "--filenames",
        type=Path,
        metavar="FOLDER",
        help="for --cub: AttnGAN's folder of two filenames.pickle (beside the captions)",
    )
    parser.add_argument(
        "--more",
        type=Path,
        metavar="FOLDER",
        help="with --cub: uncaptioned pictures, a folder a species",
    )
    parser.add_argument("--out", type=Path, required=True, help="folder to make")
    parser.add_argument(
        "--test-species",
        type=_number_or_file,
        metavar="N|FILE",
        help="how many species to keep for testing, or a file of their names; default: 50 of "
        "CUB, otherwise a quarter",
    )
    parser.add_argument(
        "--size",
        type=PIXELS,
        default=320,
        metavar="PX",
        help="shrink squares to this side (320)",
    )
    parser.add_argument(
        "--min-side",
        type=PIXELS,
        default=64,
        metavar="PX",
        help="refuse squares smaller than this (64)",
    )
    parser.add_argument(
        "--skip-broken", action="store_true", help="leave broken input out instead of refusing all"
    )


def _number_or_file(value: str) -> str:
    if not (value.isdecimal() or Path(value).is_file()):
        raise argparse.ArgumentTypeError(
            f"it is a number of species or a file of their names, and there is no file {value}"
        )
    return value


def run(options: argparse.Namespace) -> None:
    from models.training.prepare.cub import read_cub
    from models.training.prepare.folder import read_folder
    from models.training.prepare.pipeline import Settings, prepare
    from models.training.prepare.problems import Problems
    from models.training.prepare.species_folders import read_species_folders

    settings = Settings(options.size, options.min_side, options.test_species, options.skip_broken)
    problems = Problems()
    if options.cub:
        collection = read_cub(options.cub, options.captions, options.filenames, problems)
        if options.more:
            more = read_species_folders(options.more, problems)
            collection = replace(collection, sources=(*collection.sources, *more))
    elif options.filenames or options.more:
        raise ValueError(f"--{'filenames' if options.filenames else 'more'} goes with --cub.")
    elif options.out.resolve().is_relative_to(options.pictures.resolve()):
        raise ValueError("--out lies in the folder of --pictures: choose another place for it.")
    else:
        collection = read_folder(options.pictures, options.captions, problems)
    try:
        print(prepare(collection, options.out, settings, problems))
    except KeyboardInterrupt:
        raise ValueError("stopped; run the same command again to go on") from None

"""``import-attngan``: turn checkpoints of the public AttnGAN into a file that draws."""

from __future__ import annotations

import argparse
from pathlib import Path

SUMMARY = "turn checkpoints of the public AttnGAN into a file that draws"


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--generator", type=Path, required=True, help="bird_AttnGAN2.pth or netG_epoch_*.pth"
    )
    parser.add_argument(
        "--text-encoder", type=Path, required=True, help="text_encoder*.pth it was trained with"
    )
    parser.add_argument(
        "--captions", type=Path, required=True, help="captions.pickle, for the words' numbers"
    )
    parser.add_argument("-o", "--output", type=Path, required=True, help="file to write")
    parser.add_argument("--name", default="AttnGAN", help="name of the model")


def run(options: argparse.Namespace) -> None:
    from models.checkpoints.checkpoint import save_checkpoint
    from models.training.exchange.import_attngan import read_attngan

    checkpoint = read_attngan(
        options.generator, options.text_encoder, options.captions, options.name
    )
    print(save_checkpoint(checkpoint, options.output))

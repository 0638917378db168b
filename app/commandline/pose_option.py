"""The pose that an option of the command line asks for: by name, or as in a picture."""

from __future__ import annotations

import os
from pathlib import Path

from app.commandline.steps import UsageError
from app.errors import AppError
from models.sketches.pose_wish import ANY, NO_POSES, POSES, PoseWish

POSE_HELP = f"{', '.join(POSES)}, or a picture that speech2bird saved: as in that one"


def wished_pose(option: str | None, weights: Path | None) -> PoseWish:
    """Return what is asked for, before the model is loaded.

    Parameters
    ----------
    option : what was given; None is any pose.
    weights : what is to draw; None is the bundled file.

    Raises
    ------
    UsageError
        It is no name of a pose, nor of a file.
    AppError
        The picture cannot be read, or nothing is known of its pose, or no pose can be asked for.
    CheckpointError
        The file holds no model.
    """
    option = ANY if option is None else option
    name = option.lower()
    if name == ANY:
        return ANY
    from models.checkpoints.header import describe_model

    if not describe_model(weights).told_poses:
        raise AppError(NO_POSES)
    if name in POSES:
        return name
    if not os.path.exists(option):
        raise UsageError(f"{option!r} is no pose, and no picture: give {POSE_HELP}.")
    from app.pictures.picture_file import read_metadata

    pose = read_metadata(Path(option)).drawn_pose
    if pose is None:
        raise AppError(
            f"{option} does not say in which pose its bird was drawn: it was mirrored, turned or "
            "cut since, or it is of an earlier version, or of weights that are told no pose."
        )
    return pose

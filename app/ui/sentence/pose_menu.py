"""The pose in which a bird is to be drawn."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from functools import partial
from tkinter import ttk

from app.ui.toolkit.flat_menu import FlatMenu
from models.sketches.pose_wish import (
    ANY,
    CLOSE_UP,
    FLYING,
    LEFT,
    RIGHT,
    SWIMMING,
    PartPlaces,
    PoseWish,
    is_known,
)

LABELS = {
    ANY: "any",
    LEFT: "facing left",
    RIGHT: "facing right",
    FLYING: "in flight",
    SWIMMING: "swimming",
    CLOSE_UP: "close-up",
}
AS_SHOWN = "as in the picture shown"
LOADING = "The model is still loading"
NO_POSES = "This model draws each bird in a pose of its own"
NONE_SHOWN = (
    "There is no picture whose pose is known: draw or open one first. Pictures of earlier versions "
    "do not tell their pose, nor do those that were mirrored, turned or cut."
)

ShownPose = Callable[[], PartPlaces | None]
"""Returns the pose of the picture that is shown, if it is known."""


class PoseMenu(ttk.Menubutton):
    """A button that says the pose, with a menu of all.

    Where the model is told no pose, the menu says so, and nothing in it can be chosen.

    Parameters
    ----------
    shown_pose : returns the pose of the picture that is shown, if it is known.
    on_missing : receives what to tell when it is not.
    """

    def __init__(
        self,
        parent: tk.Misc,
        shown_pose: ShownPose,
        on_missing: Callable[[str], None],
    ) -> None:
        super().__init__(parent)
        self._shown_pose, self._on_missing = shown_pose, on_missing
        self._chosen = tk.StringVar(self, ANY)
        self._wish: PoseWish = ANY
        self.menu = FlatMenu(self)
        self.configure(menu=self.menu)
        self._poses: tuple[str, ...] = ()
        self._fill(LOADING)

    @property
    def wish(self) -> PoseWish:
        """What is chosen."""
        return self._wish

    def offer(self, poses: tuple[str, ...]) -> None:
        """Offer the poses that a model knows by name; none where it is told no pose."""
        self._poses = poses
        if not is_known(self._wish, poses):
            self._choose(ANY)
        self._fill(None if poses else NO_POSES)

    def _fill(self, hint: str | None) -> None:
        self.menu.delete(0, "end")
        if hint is not None:
            self.menu.add_command(label=hint, state="disabled")
            self.menu.add_separator()
        for pose, label in LABELS.items():
            self.menu.add_radiobutton(
                label=label.capitalize(),
                variable=self._chosen,
                value=pose,
                state="normal" if pose in self._poses else "disabled",
                command=partial(self._choose, pose),
            )
        self.menu.add_separator()
        self.menu.add_radiobutton(
            label=AS_SHOWN.capitalize(),
            variable=self._chosen,
            value=AS_SHOWN,
            state="normal" if self._poses else "disabled",
            command=self._choose_shown,
        )
        self._tell()

    def _choose(self, wish: PoseWish) -> None:
        self._wish = wish
        self._chosen.set(wish if isinstance(wish, str) else AS_SHOWN)
        self._tell()

    def _choose_shown(self) -> None:
        pose = self._shown_pose()
        if pose is None:
            self._on_missing(NONE_SHOWN)
            self._choose(self._wish)
        else:
            self._choose(pose)

    def _tell(self) -> None:
        wish = self._wish
        self.configure(text=f"Pose: {LABELS[wish] if isinstance(wish, str) else 'as in a picture'}")

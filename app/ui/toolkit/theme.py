"""How the window looks: the Sun Valley theme, fonts that follow the screen, a few colours."""

from __future__ import annotations

import contextlib
import ctypes
import sys
import tkinter as tk
from collections.abc import Callable
from dataclasses import dataclass
from tkinter import font as tkfont
from tkinter import ttk
from typing import Any, Literal

import sv_ttk

_NARROW = "24c"  # width of a screen, in centimetres as Tk counts them
GAP = 8  # pixels, the unit of all distances
_ARROW = "Roomy.indicator"
_ARROW_ROOM = 22  # pixels, of which the arrow takes ten
# The fonts that the theme sizes in pixels, in points.
_POINTS: dict[str, tuple[int, Literal["normal", "bold"]]] = {
    "SunValleyCaptionFont": (9, "normal"),
    "SunValleyBodyFont": (10, "normal"),
    "SunValleyBodyStrongFont": (10, "bold"),
    "SunValleyBodyLargeFont": (13, "normal"),
    "SunValleySubtitleFont": (15, "bold"),
    "SunValleyTitleFont": (20, "bold"),
}


@dataclass(frozen=True)
class Palette:
    """Colours the theme itself has no name for."""

    muted: str
    error: str
    error_background: str
    note_background: str
    stage: str  # behind the picture
    link: str
    border: str
    menu: str


LIGHT = Palette(
    "#5c6670", "#a4262c", "#fdecea", "#eaf2fb", "#eef1f4", "#005fb8", "#c4cad0", "#e7eaed"
)
DARK = Palette(
    "#a8b0b8", "#ff9a9a", "#43272a", "#24313f", "#26292c", "#57c8ff", "#4a5056", "#32373c"
)


def make_dpi_aware() -> None:
    """Tell Windows that the window draws sharply itself; call it before ``Tk()``."""
    if sys.platform == "win32":
        # Older Windows has no shcore; the window is then blurry on sharp screens, and works.
        with contextlib.suppress(AttributeError, OSError):
            ctypes.windll.shcore.SetProcessDpiAwareness(1)


def is_narrow(widget: tk.Misc) -> bool:
    """Tell whether the screen has no room for roomy buttons."""
    return widget.winfo_screenwidth() < widget.winfo_pixels(_NARROW)


def tab_padding(widget: tk.Misc) -> int:
    """Return how many pixels a tab leaves free around what is in it."""
    return GAP if is_narrow(widget) else 2 * GAP


def palette_of(widget: tk.Misc) -> Palette:
    """Return the colours of the window that a widget is in, as they are now."""
    return DARK if ttk.Style(widget).theme_use().endswith("dark") else LIGHT


def follow_palette(widget: tk.Misc, recolour: Callable[[Palette], None]) -> None:
    """Colour a widget now, and again whenever its window becomes light or dark.

    Tk tells widgets of a change by <<ThemeChanged>>; it does so for every style that is changed,
    too, which is of no interest here, and not to widgets that were never shown: these look when
    they are.

    Parameters
    ----------
    widget : what is coloured; with it the following ends.
    recolour : called with the colours.
    """
    shown = palette_of(widget)

    def look(event: tk.Event[tk.Misc]) -> None:
        nonlocal shown
        palette = palette_of(widget)
        if palette is not shown:
            shown = palette
            recolour(palette)

    recolour(shown)
    for event in ("<<ThemeChanged>>", "<Map>"):
        widget.bind(event, look, add=True)


def apply_theme(root: tk.Tk, dark: bool) -> None:
    """Set theme, fonts and the styles of this program, at the start and for every change."""
    sv_ttk.set_theme("dark" if dark else "light", root)
    # The theme colours everything anew at each <<ThemeChanged>>, which every change of a style
    # sends again, and takes away the colours that labels have of their own. Once is enough.
    root.tk.call("configure_colors")
    root.tk.call("bind", root.winfo_class(), "<<ThemeChanged>>", "")
    palette = DARK if dark else LIGHT
    _set_fonts(root)
    style = ttk.Style(root)
    style.configure("Title.TLabel", font="SunValleyTitleFont")
    style.configure("Strong.TLabel", font="SunValleyBodyStrongFont")
    style.configure("Timer.TLabel", font="SunValleySubtitleFont")
    style.configure("Muted.TLabel", foreground=palette.muted)
    style.configure("Caption.TLabel", foreground=palette.muted, font="SunValleyCaptionFont")
    style.configure("Listening.TLabel", foreground=palette.error, font="SunValleyBodyStrongFont")
    style.configure("Link.TLabel", foreground=palette.link)
    style.map("Link.TLabel", background=[("focus", palette.note_background)])
    style.configure("Word.TLabel", padding=(4, 1))
    style.configure("Pointed.Word.TLabel", foreground=palette.link, background=palette.stage)
    unknown = tkfont.nametofont("SunValleyBodyFont", root).actual()
    style.configure(
        "Unknown.Word.TLabel",
        foreground=palette.muted,
        font=(unknown["family"], unknown["size"], "overstrike"),
    )
    style.configure("Panel.TButton", padding=(5, 4))  # several side by side in a narrow window
    beside = 6 if is_narrow(root) else 14
    for kind in ("TButton", "Accent.TButton"):
        style.configure(kind, padding=(beside, 5))
    style.configure("Star.TButton", padding=(8, 5))
    style.configure("TMenubutton", padding=(beside, 5, beside - 6, 5))
    _move_arrows(style, dark)


def _move_arrows(style: ttk.Style, dark: bool) -> None:
    """Give the arrow of menu buttons room of its own: the theme lays it over the text's end."""
    if _ARROW not in style.element_names():
        image = style.tk.eval(f"set ttk::theme::sv_{'dark' if dark else 'light'}::I(down)")
        style.element_create(_ARROW, "image", image, width=_ARROW_ROOM, sticky="w")
    label = ("Menubutton.label", {"sticky": ""})
    padding = ("Menubutton.padding", {"expand": "1", "sticky": "we", "children": [label]})
    children: list[Any] = [(_ARROW, {"side": "right", "sticky": ""}), padding]
    style.layout("TMenubutton", [("Menubutton.button", {"sticky": "nswe", "children": children})])


def _set_fonts(root: tk.Tk) -> None:
    """Give the theme's fonts a family that exists here, and sizes in points.

    The theme asks for Windows 11's font in pixels: elsewhere Tk would fall back to any font, and
    on a sharp screen the text would be tiny.
    """
    family = tkfont.nametofont("TkDefaultFont", root).actual("family")
    for wanted in ("Segoe UI Variable Text", "SF Pro Text", "Inter", "Noto Sans", "Cantarell"):
        if wanted in tkfont.families(root):
            family = wanted
            break
    for name, (points, weight) in _POINTS.items():
        tkfont.nametofont(name, root).configure(family=family, size=points, weight=weight)
    for name in ("TkDefaultFont", "TkTextFont", "TkMenuFont", "TkHeadingFont", "TkTooltipFont"):
        tkfont.nametofont(name, root).configure(family=family, size=10)

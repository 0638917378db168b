"""How every text field of the window behaves: keys that people expect, and no text without end.

Tk lays out a whole line for each letter that is written: with tens of thousands of letters in it,
the window would stand still.
"""

from __future__ import annotations

import tkinter as tk

from app.ui.toolkit.shortcut import Shortcut, on_mac

LONGEST_TEXT = 5_000
"""Characters that a field of several lines takes; a sentence of more than 1,000 is not drawn."""
LONGEST_ENTRY = 1_000
"""Characters that a field of one line takes."""
SHORTENED = "<<Shortened>>"
"""The event of a field that took only the beginning of a text."""
TOO_MUCH_COPIED = "<<TooMuchCopied>>"
"""The event of a field into which nothing was pasted: what was copied is more than Tk takes."""
NOT_HANDED_OVER = "<<NotHandedOver>>"
"""The event of a field into which nothing was pasted: the other program did not hand it over."""

# Stands in place of the widget's own command, through which all text comes: from keys, from the
# clipboard, and from the program. Tk counts some characters as two: none is cut in half. It shows
# the line ends of other systems and programs as boxes, and in a field of one line all of them.
_LIMITED = r"""
rename {name} {name}_unlimited
proc {name} {{command args}} {{
    if {{$command in {{insert replace}}}} {{
        set at [expr {{$command eq "insert" ? 1 : 2}}]
        lset args $at [string map [list "\r\n" {end} "\r" {end} "\n" {end} "\v" {end} "\f" {end} \
            "\u0085" {end} "\u2028" {end} "\u2029" {end}] [lindex $args $at]]
        set room [expr {{{most} - [{name}_unlimited {used}]}}]
        if {{$command eq "replace"}} {{
            incr room [{name}_unlimited count -chars {{*}}[lrange $args 0 1]]
        }}
        if {{[string length [lindex $args $at]] > $room}} {{
            set taken [string range [lindex $args $at] 0 [expr {{$room - 1}}]]
            set last 0
            scan [string index $taken end] %c last
            if {{($last & 0xFC00) == 0xD800}} {{
                set taken [string range $taken 0 end-1]
            }}
            lset args $at $taken
            event generate {name} {shortened} -when tail
        }}
    }}
    tailcall {name}_unlimited $command {{*}}$args
}}
"""

# Stands in place of Tk's own, through which every field pastes, and which says nothing of why it
# could not. X11 gives Tk 400,000 bytes in one piece at most, and some programs send larger ones.
_TOLD = """
proc ::tk::GetSelection {{w {{sel PRIMARY}}}} {{
    foreach type {{UTF8_STRING STRING}} {{
        if {{![catch {{selection get -displayof $w -selection $sel -type $type}} got]}} {{
            return $got
        }}
        if {{[string match "*too large" $got]}} {{
            event generate $w {too_much} -when tail
            break
        }} elseif {{[string match "*didn't respond" $got]}} {{
            event generate $w {not_handed_over} -when tail
            break
        }}
    }}
    return -code error -errorcode {{TK SELECTION NONE}} $got
}}
"""


def limit_text(field: tk.Text) -> None:
    """Take no more than ``LONGEST_TEXT``; of what is longer, the beginning is taken, and told.

    Line ends of any system become those of Tk.
    """
    _limit(field, LONGEST_TEXT, "count -chars 1.0 end-1c", line_end=r'"\n"')
    field.bind("<<Paste>>", lambda event: _make_room(field))


def limit_entry(entry: tk.Entry) -> None:
    """Take no more than ``LONGEST_ENTRY``; of what is longer, the beginning is taken, and told.

    Line ends become spaces.
    """
    _limit(entry, LONGEST_ENTRY, "index end", line_end='" "')


def use_common_keys(root: tk.Tk) -> None:
    """Let Ctrl+A select all, which in Tk on Linux is the beginning of the line, as in Emacs."""
    caps_lock = "<Control-Lock-KeyPress-A>"  # which Tk prefers
    for sequence in (*Shortcut("a").sequences(on_mac(root)), caps_lock):
        root.event_delete("<<LineStart>>", sequence)
        root.event_add("<<SelectAll>>", sequence)


def tell_what_is_not_pasted(root: tk.Tk) -> None:
    """Let fields have `TOO_MUCH_COPIED` or `NOT_HANDED_OVER` when pasting from X11 fails so."""
    if root.tk.call("tk", "windowingsystem") == "x11":
        root.tk.eval(_TOLD.format(too_much=TOO_MUCH_COPIED, not_handed_over=NOT_HANDED_OVER))


def _limit(widget: tk.Text | tk.Entry, most: int, used: str, line_end: str) -> None:
    script = _LIMITED.format(
        name=str(widget), most=most, used=used, end=line_end, shortened=SHORTENED
    )
    widget.tk.eval(script)


def _make_room(field: tk.Text) -> str | None:
    """Let what is pasted replace what is selected, as what is typed does; Tk does so elsewhere."""
    if field.tag_ranges("sel"):
        try:
            field.tk.call("::tk::GetSelection", field, "CLIPBOARD")
        except tk.TclError:
            return "break"  # nothing is to be had, which need not be found out twice
    if field.tag_ranges("sel"):  # another program may have taken seconds to answer
        field.edit_separator()
        field.delete("sel.first", "sel.last")
    return None

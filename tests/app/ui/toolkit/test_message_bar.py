"""The message bar: closing it, and the details of an unexpected error."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from logging.handlers import RotatingFileHandler
from pathlib import Path

import pytest

from app import __version__
from app.errors import AppError
from app.logfile import last_lines, log_path, start_logging
from app.ui.window.window import MainWindow
from tests.app.events import click, press
from tests.conftest import ExpectedErrors


@pytest.fixture
def log(home: Path) -> Iterator[RotatingFileHandler]:
    """The log file, as the window writes it."""
    before = list(logging.getLogger().handlers)
    start_logging()
    (handler,) = [each for each in logging.getLogger().handlers if each not in before]
    assert isinstance(handler, RotatingFileHandler)
    yield handler
    logging.getLogger().removeHandler(handler)
    handler.close()


def test_details_can_be_copied(
    window: MainWindow, expected_errors: ExpectedErrors, log: RotatingFileHandler, home: Path
) -> None:
    expected_errors.append("Error in a callback")
    logging.getLogger("tests").warning("something before, in %s", home / "folder")
    window.root.after(0, lambda: 1 / 0)
    window.root.update()
    click(window.messages.link)
    details = window.root.clipboard_get()
    assert window.messages.link.cget("text") == "Copied" and window.messages.is_error
    assert f"speech2bird {__version__}, Python 3" in details and "torch 2" in details
    assert "ZeroDivisionError: division by zero" in details and "<lambda>" in details
    assert "something before, in ~/folder" in details and str(home) not in details


def test_an_error_for_people_has_no_details(window: MainWindow) -> None:
    window.messages.error(AppError("The disk is full."))
    window.root.update()
    assert window.messages.text == "The disk is full."
    assert not window.messages.link.winfo_ismapped()


@pytest.mark.parametrize("how", ["click", "Return", "Escape"])
def test_a_message_can_be_closed(window: MainWindow, how: str) -> None:
    window.messages.note("Look!")
    window.root.update()
    if how == "click":
        click(window.messages.close_link)
    elif how == "Return":
        press(window.messages.close_link, "Return")
    else:
        press(window.root, "Escape")
    assert window.messages.text == "" and not window.messages.close_link.winfo_ismapped()
    assert window.root.focus_get() is not window.messages.close_link


def test_the_log_begins_anew_at_a_megabyte(log: RotatingFileHandler) -> None:
    logger = logging.getLogger("tests")
    for number in range(1010):
        logger.warning("%04d %s", number, "x" * 1000)
    sizes = {path.name: path.stat().st_size for path in log_path().parent.glob("*.log*")}
    assert set(sizes) == {"speech2bird.log", "speech2bird.log.1"}
    assert max(sizes.values()) <= 1_000_000
    assert last_lines(3)[-1].endswith("x") and len(last_lines(3)) == 3


def test_no_log_has_no_lines() -> None:
    assert last_lines(50) == []

"""Pictures straight from sound in the real window, and one sentence for what is no speech."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from app.gallery import Gallery
from app.pictures.picture_file import read_metadata
from app.settings import Settings
from app.speech.sound.recording import Recording
from app.ui.picture.waveform_row import envelope
from app.ui.speak.speak_tab import SpeakState
from app.ui.window.window import MainWindow
from tests.app.events import click, press, write
from tests.app.ui.gallery.gallery_window import click_on, settle
from tests.conftest import wait_until
from tests.melody import melody
from tests.speech_fixtures import PlugIn, SpeakSentence

SENTENCE = "a small red bird with black wings"


@pytest.fixture
def speaking(window: MainWindow) -> MainWindow:
    """The window with the Speak tab in front, ready."""
    window.tabs.select(window.speak_tab)
    wait_until(window, lambda: window.painter_loader.value is not None)
    wait_until(window, lambda: window.transcriber_loader.value is not None, timeout=60)
    return window


def understand(window: MainWindow, sound: Path) -> None:
    """Open a sound file and wait for all that follows from it."""
    window.speak_tab.open_sound(sound)
    wait_until(window, lambda: window.speak_tab.state_of_speech is SpeakState.IDLE, timeout=40)
    wait_until(window, lambda: not window.desk.busy)


def on_screen(window: MainWindow) -> bytes:
    """Return the pixels of the first tile, with the light on it."""
    from PIL import ImageTk

    photo = window.panel.canvas._cells[0].photo
    assert photo is not None
    pixels: bytes = ImageTk.getimage(photo).convert("RGB").tobytes()
    return pixels


def test_said_and_drawn_at_once(
    spoken_sentence: SpeakSentence, virtual_microphone: PlugIn, speaking: MainWindow
) -> None:
    virtual_microphone(spoken_sentence(SENTENCE))
    tab, view = speaking.speak_tab, speaking.panel.view
    click(tab.way_row.buttons["sound"])
    assert Settings.load().way == "sound" and tab.field.text.cget("state") == "disabled"
    click(tab.record_button)
    wait_until(speaking, lambda: tab._recorder is not None and tab._recorder.seconds > 3.5)
    click(tab.record_button)
    wait_until(speaking, lambda: speaking.desk.drawing is not None, timeout=40)
    drawing = speaking.desk.drawing
    assert drawing is not None and drawing.sentence == "" and drawing.words == ()
    assert tab.field.sentence == "" and not speaking.messages.is_error
    assert "Straight from sound" in speaking.panel.caption.cget("text")
    # Its pieces lie one after the other in what was said.
    assert 3 <= len(drawing.spans) == len(drawing.attention[-1])
    starts = [span.start for span in drawing.spans]
    assert starts == sorted(starts) and drawing.spans[-1].end < 4

    # The file says which way it came, and its sound lies beside it.
    (path,) = Gallery().paths()
    assert read_metadata(path).way == "sound"
    assert Recording.from_file(path.with_suffix(".flac")).seconds > 3

    # Pointing at a part of the sound shows where in the picture it went.
    row = view.waveform_row
    assert row.winfo_ismapped() and not view.word_row.winfo_ismapped()
    plain = on_screen(speaking)
    row.event_generate("<Motion>", x=row.x_of(1), y=10)
    assert row.pointed is not None and on_screen(speaking) != plain
    row.event_generate("<Leave>", x=1, y=1)
    assert row.pointed is None and on_screen(speaking) == plain
    press(row, "Right")
    assert row.pointed == 1 and on_screen(speaking) != plain

    click(speaking.panel.again_button)
    wait_until(speaking, lambda: not speaking.desk.busy)
    again = speaking.desk.drawing
    assert again.spans == drawing.spans and again.seed != drawing.seed
    assert len(Gallery().paths()) == 2


def test_both_side_by_side(spoken_sentence: SpeakSentence, speaking: MainWindow) -> None:
    tab, panel = speaking.speak_tab, speaking.panel
    click(tab.way_row.buttons["both"])
    understand(speaking, spoken_sentence(SENTENCE))
    assert tab.field.sentence == SENTENCE
    assert panel.view.pictures is not None
    through_text, from_sound = panel.view.pictures.drawings
    assert through_text.sentence == SENTENCE and from_sound.sentence == ""
    assert through_text.seed == from_sound.seed and from_sound.spans
    assert panel.view.word_row.winfo_ismapped()
    press(panel.canvas, "Right")
    speaking.root.update()
    assert panel.view.waveform_row.winfo_ismapped() and not panel.view.word_row.winfo_ismapped()
    assert speaking.desk.drawing is from_sound

    tab.field.sentence = "a small red bird with white wings"  # corrected, and drawn once more
    click(tab.field.draw_button)
    wait_until(speaking, lambda: not speaking.desk.busy)
    through_text, from_sound = panel.view.pictures.drawings
    assert through_text.sentence == "a small red bird with white wings" and from_sound.spans
    assert len(list(Gallery().folder.glob("*.flac"))) == len(Gallery().paths()) == 4

    tab.field.sentence = "an owl"  # nobody said that
    click(tab.field.draw_button)
    wait_until(speaking, lambda: not speaking.desk.busy)
    spoken = {
        read_metadata(path).title: path.with_suffix(".flac").exists() for path in Gallery().paths()
    }
    assert spoken["an owl"] is False and spoken["Straight from sound"] is True
    assert len(list(Gallery().folder.glob("*.flac"))) == 5


def test_the_way_is_chosen_afterwards(spoken_sentence: SpeakSentence, speaking: MainWindow) -> None:
    tab = speaking.speak_tab
    understand(speaking, spoken_sentence(SENTENCE))
    assert tab.field.sentence == SENTENCE and speaking.desk.drawing is None
    click(tab.way_row.buttons["sound"])
    click(tab.field.draw_button)
    wait_until(speaking, lambda: speaking.desk.drawing is not None)
    assert speaking.desk.drawing is not None and speaking.desk.drawing.spans
    click(tab.way_row.buttons["text"])
    click(tab.field.draw_button)
    wait_until(speaking, lambda: not speaking.desk.busy)
    assert speaking.desk.drawing.sentence == SENTENCE and not speaking.desk.drawing.spans


def test_nothing_was_said_yet(speaking: MainWindow) -> None:
    click(speaking.speak_tab.way_row.buttons["sound"])
    click(speaking.speak_tab.field.draw_button)
    assert "Please record something first" in speaking.messages.text


def test_what_is_no_description_is_not_drawn(tmp_path: Path, speaking: MainWindow) -> None:
    noise = 0.1 * np.random.default_rng(0).standard_normal(3 * 16_000)
    click(speaking.speak_tab.way_row.buttons["sound"])
    for name, sound in (("silence", np.zeros(48_000)), ("noise", noise), ("music", melody())):
        path = tmp_path / f"{name}.wav"
        soundfile.write(path, sound, 16_000)
        speaking.messages.clear()
        understand(speaking, path)
        assert speaking.messages.is_error and "I heard" in speaking.messages.text, name
    assert speaking.desk.drawing is None and Gallery().paths() == []


def test_a_sound_that_is_too_loud_is_told(
    tmp_path: Path, spoken_sentence: SpeakSentence, speaking: MainWindow
) -> None:
    click(speaking.speak_tab.way_row.buttons["sound"])
    for name, sentence, language in (
        ("understood", SENTENCE, "en"),
        ("foreign", "cet oiseau a une tête bleue et un bec très long", "fr"),
    ):
        sound = Recording.from_file(spoken_sentence(sentence, language))
        path = tmp_path / f"{name}.wav"
        soundfile.write(path, np.clip(5 * sound.as_float(), -1, 1), sound.rate)
        understand(speaking, path)
        assert "too loud and crackles" in speaking.messages.text
        assert speaking.messages.is_error == (name == "foreign")


def test_a_kept_picture_is_drawn_again_from_its_sound(
    spoken_sentence: SpeakSentence, speaking: MainWindow
) -> None:
    tab = speaking.gallery_tab
    click(speaking.speak_tab.way_row.buttons["sound"])
    understand(speaking, spoken_sentence(SENTENCE))
    first = speaking.desk.drawing
    assert first is not None
    speaking.tabs.select(tab)
    settle(speaking)
    click_on(speaking, 0)
    assert "Straight from sound" in speaking.panel.caption.cget("text")
    tab.use_sentence()
    assert "has no sentence" in speaking.messages.text
    click(tab.again_button)
    wait_until(speaking, lambda: len(Gallery().paths()) == 2)
    wait_until(speaking, lambda: not speaking.desk.busy)
    again = speaking.desk.drawing
    assert again is not None and again is not first
    assert again.seed == first.seed and again.image.tobytes() == first.image.tobytes()

    settle(speaking)
    click_on(speaking, 1)
    for path in Gallery().folder.glob("*.flac"):
        path.unlink()
    click(tab.again_button)
    assert "its sound is not beside it" in speaking.messages.text


def test_the_sound_beside_the_shown_picture_is_drawn(
    spoken_sentence: SpeakSentence, speaking: MainWindow, tmp_path: Path
) -> None:
    tab = speaking.gallery_tab
    click(speaking.speak_tab.way_row.buttons["sound"])
    understand(speaking, spoken_sentence(SENTENCE))
    (path,) = Gallery().paths()
    speaking.tabs.select(tab)
    settle(speaking)
    click_on(speaking, 0)
    write(tab.search.entry, "zzz")  # the search does not find the picture that is shown
    settle(speaking)
    assert tab.selected is None
    click(speaking.panel.again_button)
    wait_until(speaking, lambda: len(Gallery().paths()) == 2)
    wait_until(speaking, lambda: not speaking.desk.busy)
    assert not speaking.messages.is_error

    # So with a picture from anywhere, whatever is selected in the gallery meanwhile.
    for suffix in (".png", ".flac"):
        path.with_suffix(suffix).rename(tmp_path / f"friend{suffix}")
    speaking.desk.draw("a red bird", 1)
    wait_until(speaking, lambda: not speaking.desk.busy)
    speaking.pictures.opener.open(tmp_path / "friend.png")
    wait_until(speaking, lambda: speaking.panel.kept is not None)
    for button in (speaking.panel.again_button, speaking.panel.seed_bar.surprise_button):
        click(button)
        wait_until(speaking, lambda: speaking.desk.busy)
        wait_until(speaking, lambda: not speaking.desk.busy)
        assert speaking.desk.drawing is not None and speaking.desk.drawing.spans
        speaking.pictures.opener.open(tmp_path / "friend.png")
        wait_until(speaking, lambda: speaking.panel.kept is not None)
    press(tab.search.entry, "Escape")
    settle(speaking)
    click_on(speaking, len(Gallery().paths()) - 1)
    click(speaking.messages.link)  # Draw it again
    wait_until(speaking, lambda: speaking.desk.busy)
    wait_until(speaking, lambda: not speaking.desk.busy)
    again = speaking.desk.drawing
    assert again is not None and again.spans
    assert again.seed == read_metadata(tmp_path / "friend.png").seed


def test_a_faint_voice_has_a_waveform_as_high_as_a_loud_one() -> None:
    times = np.arange(16_000) / 16_000
    for loudness in (300, 30_000):
        samples = (loudness * np.sin(2 * np.pi * 3 * times) * (times > 0.5)).astype(np.int16)
        low, high = envelope(Recording(samples, 16_000), 20)
        assert low[:9].tolist() == high[:9].tolist() == [0] * 9
        assert high.max() == pytest.approx(1, abs=0.01) and low.min() == pytest.approx(-1, abs=0.01)

"""What listens over the network is neither made nor asked unless a person chose it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from app.settings import Settings
from app.speech.choices import RECOGNISERS
from tests.conftest import REPOSITORY
from tests.speech_fixtures import SpeakSentence

# Everything that Python does with sockets passes an audit hook first.
_LISTEN = """
import json, sys
network, made = [], []
def watch(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.bind", "urllib.Request"):
        network.append(event)
sys.addaudithook(watch)
from app.speech import online, recognisers, whisper
from app.speech.recording import Recording
from app.speech.transcriber import SpeechModelError
make = online.GoogleTranscriber.__init__
online.GoogleTranscriber.__init__ = lambda self: (made.append("google"), make(self))[1]

broken, names, sound = sys.argv[1], sys.argv[2].split(), sys.argv[3]
def no_model():
    raise SpeechModelError("Whisper's model is not installed.")
if broken != "nothing":
    whisper.bundled_whisper = no_model
if broken == "both":
    sys.modules["pocketsphinx"] = None
told = []
for name in names:
    try:
        transcriber = recognisers.load_transcriber(name)
        told.append(transcriber.name)
        transcriber.transcribe(Recording.from_file(sound))
    except SpeechModelError as error:
        told.append(str(error))
print(json.dumps([told, network, made]))
"""


def listen(broken: str, names: str, sound: Path) -> tuple[list[str], list[str], list[str]]:
    """Load recognisers and listen; return what was told, used of the network, and made."""
    run = subprocess.run(
        [sys.executable, "-c", _LISTEN, broken, names, str(sound)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert run.returncode == 0, run.stderr
    told, network, made = json.loads(run.stdout.splitlines()[-1])
    return told, network, made


def test_google_is_a_choice_and_never_the_first() -> None:
    assert Settings().recogniser == "whisper"
    assert [name for name, label in RECOGNISERS.items() if "sends your voice" in label] == [
        "google"
    ]


@pytest.mark.parametrize(
    ("broken", "names", "who"),
    [
        ("nothing", "whisper sphinx", ["Whisper", "Sphinx"]),
        ("whisper", "whisper of-a-later-version", ["Sphinx", "Whisper's model is not installed."]),
    ],
)
def test_others_listen_without_the_network(
    spoken_sentence: SpeakSentence, broken: str, names: str, who: list[str]
) -> None:
    sound = spoken_sentence("a small red bird with black wings")
    told, network, made = listen(broken, names, sound)
    assert told == who and network == [] and made == []


def test_without_any_recogniser_google_is_not_asked_either(
    spoken_sentence: SpeakSentence,
) -> None:
    sound = spoken_sentence("a small red bird with black wings")
    told, network, made = listen("both", "whisper sphinx", sound)
    assert "Speech cannot be understood here." in told[0] and "Sphinx cannot be used" in told[1]
    assert network == [] and made == []


def test_the_watch_would_see_google(
    spoken_sentence: SpeakSentence, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")  # nobody listens at this port
    sound = spoken_sentence("a small red bird with black wings")
    told, network, made = listen("nothing", "google", sound)
    assert made == ["google"] and "socket.connect" in network
    assert told[0] == "Google" and "cannot be reached" in told[1]

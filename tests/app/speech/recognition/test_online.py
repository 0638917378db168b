"""What listens over the network is neither made nor asked unless a person chose it."""

from __future__ import annotations

import http.client
import io
import json
import subprocess
import sys
from collections.abc import Callable
from email.message import Message
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request

import pytest
import speech_recognition

from app.settings import Settings
from app.speech.recognition.choices import RECOGNISERS
from app.speech.recognition.online import GoogleTranscriber
from app.speech.recognition.transcriber import NothingUnderstoodError, SpeechModelError
from app.speech.sound.recording import Recording
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
from app.speech.recognition import online, recognisers, whisper
from app.speech.sound.recording import Recording
from app.speech.recognition.transcriber import SpeechModelError
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


@pytest.fixture
def voice(spoken_sentence: SpeakSentence) -> Recording:
    return Recording.from_file(spoken_sentence("a small red bird with black wings"))


Answer = Callable[[bytes | Exception], list[Request]]


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Give ``answer(content or error)``: what comes from the network instead of Google."""

    def prepare(content: bytes | Exception) -> list[Request]:
        asked: list[Request] = []

        def urlopen(request: Request, timeout: float) -> io.BytesIO:
            asked.append(request)
            if isinstance(content, Exception):
                raise content
            return io.BytesIO(content)

        monkeypatch.setattr("speech_recognition.recognizers.google.urlopen", urlopen)
        return asked

    return prepare


def test_a_voice_goes_to_google_in_secret(answer: Answer, voice: Recording) -> None:
    said = {"result": [{"alternative": [{"transcript": "A red bird"}]}]}
    asked = answer(b'{"result":[]}\n' + json.dumps(said).encode())
    assert GoogleTranscriber().transcribe(voice) == "a red bird"
    assert [request.full_url.partition("?")[0] for request in asked] == [
        "https://www.google.com/speech-api/v2/recognize"
    ]
    answer(b'{"result":[]}')
    with pytest.raises(NothingUnderstoodError):
        GoogleTranscriber().transcribe(voice)


@pytest.mark.parametrize(
    ("came", "told"),
    [
        (b"<!DOCTYPE html><title>Log in to Hotel WiFi</title>", "wants you to log in first"),
        (b'{"error": {"code": 400}}', "no answer of Google's"),
        (b"\xff\xfe", "no answer of Google's"),
        (http.client.BadStatusLine("?"), "no answer of Google's"),
        (URLError("[Errno -2] Name or service not known"), "reached.*Name or service not known"),
        (HTTPError("https://", 403, "Forbidden", Message(), None), r"reached.*Forbidden\)\."),
        (TimeoutError("timed out"), r"reached.*\(timed out\)\."),
    ],
)
def test_what_is_no_answer_is_told(
    answer: Answer, voice: Recording, came: bytes | Exception, told: str
) -> None:
    answer(came)
    with pytest.raises(SpeechModelError, match=f"{told}.*type the description"):
        GoogleTranscriber().transcribe(voice)


def test_a_missing_converter_is_told(monkeypatch: pytest.MonkeyPatch, voice: Recording) -> None:
    def missing() -> str:
        raise OSError("FLAC conversion utility not available")

    monkeypatch.setattr(speech_recognition.audio, "get_flac_converter", missing)
    with pytest.raises(
        SpeechModelError, match=r"\(FLAC conversion utility not available\)\. Choose"
    ):
        GoogleTranscriber().transcribe(voice)

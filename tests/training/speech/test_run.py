"""Training of the speech encoder, on a language of tones: each word is a tone of its own."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from models.checkpoints.checkpoint import text_identity
from models.errors import CheckpointError, ModelError, SoundError
from models.networks.config import FRONT_ENDS, LOG_MEL, SpeechEncoderConfig
from models.networks.text_encoder import pad_ids
from models.painter import Painter
from models.request import DrawRequest
from models.sound.listener import Listener
from models.sound.log_mel import SAMPLE_RATE
from models.sound.speech_checkpoint import load_speech_encoder
from models.training.damsm.model import load_damsm
from models.training.data.examples import read_examples
from models.training.speech.export import export_speech
from models.training.speech.spoken_data import load_samples, read_spoken_captions, spell
from models.training.speech.trainer import SpeechTrainer, SpeechTraining
from models.words.vocabulary import tokenize

SMALL = SpeechEncoderConfig(width=32, blocks=1, word_blocks=0, heads=2, kernel=5, dropout=0)
SETTINGS = SpeechTraining(
    epochs=2,
    batch_size=8,
    count_weight=1,
    flat_start=64,
    front_end=LOG_MEL,
    surroundings=False,
    tract=0,
    masked_bands=0,
    masked_frames=0,
    picture_size=64,
    precision="float32",
)
WORD_SECONDS = 0.2


def sound_of(text: str) -> np.ndarray:
    """Speak a text in tones."""
    time = np.arange(int(WORD_SECONDS * SAMPLE_RATE)) / SAMPLE_RATE
    fade = np.minimum(1, 20 * np.minimum(time, time[::-1] + 1 / SAMPLE_RATE) / WORD_SECONDS)
    tones = []
    for word in tokenize(text):
        hertz = 200 + sum(37 * place * ord(letter) for place, letter in enumerate(word, 1)) % 6000
        tones.append(0.4 * fade * np.sin(2 * np.pi * hertz * time))
    return np.concatenate(tones).astype(np.float32)


def speak_in_tones(data: Path, folder: Path) -> Path:
    """Speak each caption of a data folder once."""
    folder.mkdir()
    lines: list[dict[str, object]] = []
    for example in read_examples(data):
        for text in example.captions:
            name, sound = f"{len(lines)}.flac", sound_of(text)
            soundfile.write(folder / name, sound, SAMPLE_RATE)
            lines.append(
                {
                    "file_name": name,
                    "text": text,
                    "picture": example.path.name,
                    "voice": "tones",
                    "seconds": len(sound) / SAMPLE_RATE,
                }
            )
    (folder / "metadata.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


Make = Callable[..., SpeechTrainer]


@pytest.fixture
def spoken(squares: Path, tmp_path: Path) -> Path:
    return speak_in_tones(squares, tmp_path / "spoken")


@pytest.fixture
def make(squares: Path, spoken: Path, damsm: Path, tmp_path: Path) -> Make:
    def trainer(name: str, settings: SpeechTraining = SETTINGS) -> SpeechTrainer:
        return SpeechTrainer(
            [spoken], squares, spoken, squares, damsm, tmp_path / name, settings, SMALL
        )

    return trainer


def test_it_learns_to_hear_words(make: Make) -> None:
    trainer = make("run", SpeechTraining(**{**vars(SETTINGS), "epochs": 25, "learning_rate": 5e-3}))
    before = trainer.score()
    assert trainer.train()
    after = trainer.score()
    assert after.right_words > 0.9 > before.right_words
    assert after.right_count > 0.9
    assert after.closeness > max(0.9, before.closeness)
    lines = (trainer.run / "scores.jsonl").read_text().splitlines()
    assert len(lines) == 25 and json.loads(lines[-1])["utterances"] == 25 * 32


def test_a_run_can_begin_where_another_ended(make: Make) -> None:
    earlier = make("earlier", SpeechTraining(**{**vars(SETTINGS), "learning_rate": 5e-3}))
    assert earlier.train()
    later = make("later")
    before = later.score()
    later.start_from(earlier.path)
    assert later.score() == earlier.score() != before
    assert later.heard == 0
    wide = make("wide")
    wide.config = SpeechEncoderConfig(width=64)
    with pytest.raises(ValueError, match="another shape"):
        wide.start_from(earlier.path)


def test_a_stopped_run_goes_on_as_if_it_had_not(make: Make) -> None:
    whole = make("whole")
    assert whole.train()
    stopped = make("stopped")
    assert not stopped.train(minutes=0)  # saved before its first step
    resumed = make("stopped")
    resumed.resume()
    step, taken = resumed._step, []

    def step_and_stop(batch):  # type: ignore[no-untyped-def]
        taken.append(batch)
        resumed.seconds += 60 if len(taken) == 6 else 0  # time is up in the middle of an epoch
        return step(batch)

    resumed._step = step_and_stop  # type: ignore[method-assign]
    assert not resumed.train(minutes=1) and 0 < len(taken) < 8
    last = make("stopped")
    last.resume()
    assert last.train()
    for name, value in whole.encoder.state_dict().items():
        assert torch.equal(value, last.encoder.state_dict()[name]), name


def test_a_run_of_an_earlier_version_goes_on(make: Make) -> None:
    """Its state does not say what it was heard through: there was one way."""
    settings = replace(SETTINGS, blocks=5)
    run = make("run", settings)
    run.train(minutes=0)
    state = torch.load(run.path)
    for name in ("front_end", "surroundings", "blocks"):
        del state["settings"][name]
    del state["config"]["front_end"]
    torch.save(state, run.path)
    make("run", settings).resume()
    make("other", settings).start_from(run.path)


def test_other_settings_are_refused(make: Make) -> None:
    make("run").train(minutes=0)
    other = make("run", SpeechTraining(**{**vars(SETTINGS), "learning_rate": 0.5}))
    with pytest.raises(ValueError, match="other settings"):
        other.resume()


def test_other_utterances_are_refused(make: Make, spoken: Path) -> None:
    make("run").train(minutes=0)
    metadata = spoken / "metadata.jsonl"
    first, *others = metadata.read_text().splitlines()
    metadata.write_text("\n".join([*others, first]))
    with pytest.raises(ValueError, match="other utterances"):
        make("run").resume()


def test_voices_kept_for_tests_are_not_learned_from(make: Make, spoken: Path) -> None:
    metadata = spoken / "metadata.jsonl"
    metadata.write_text(metadata.read_text().replace("tones", "kokoro:af_heart", 1))
    with pytest.raises(ValueError, match="kokoro:af_heart is a voice that nothing learns from"):
        make("run")


def test_what_it_cannot_hear_through_is_told(make: Make) -> None:
    with pytest.raises(ValueError, match="no front_end trumpet: log-mel or whisper"):
        make("run", replace(SETTINGS, front_end="trumpet"))


def test_the_reading_layer_is_the_teachers(make: Make, damsm: Path) -> None:
    """Heard rightly, the embeddings give the teacher's own features."""
    trainer, text_encoder = make("run"), load_damsm(damsm).text_encoder
    ids, lengths = pad_ids([[3, 1, 2], [2]])
    read = trainer.encoder.read(text_encoder.embedding(ids), lengths)
    written = text_encoder(ids, lengths)
    torch.testing.assert_close(read.words, written.words)
    torch.testing.assert_close(read.sentence, written.sentence)


@pytest.mark.parametrize("ear", FRONT_ENDS)
def test_a_run_becomes_a_file_that_listens(
    make: Make, damsm: Path, tmp_path: Path, ear: str
) -> None:
    trainer = make("run", replace(SETTINGS, front_end=ear, surroundings=True))
    trainer.train()
    path = tmp_path / "speech.safetensors"
    export_speech(damsm, trainer.path, path, {"data": "tones"})
    checkpoint = load_speech_encoder(path)
    assert checkpoint.teacher == text_identity(load_damsm(damsm).text_encoder)
    assert checkpoint.card["data"] == "tones" and checkpoint.card["utterances_heard"] == "64"
    heard = Listener.load(path).hear(sound_of("this bird is red"))
    assert 1 <= len(heard.spans) <= SMALL.max_words
    assert heard.spans[0].start == 0 and heard.spans[-1].end <= 4 * WORD_SECONDS + 0.1
    with pytest.raises(ModelError, match="does not belong to these weights"):
        Painter.load().draw(DrawRequest(sound=heard))


@pytest.mark.parametrize(("seconds", "message"), [(0, "too short"), (31, "at most")])
def test_sound_of_no_use_is_told(
    make: Make, damsm: Path, tmp_path: Path, seconds: int, message: str
) -> None:
    trainer = make("run")
    trainer.save()
    export_speech(damsm, trainer.path, tmp_path / "speech.safetensors", {})
    listener = Listener.load(tmp_path / "speech.safetensors")
    with pytest.raises(SoundError, match=message):
        listener.hear(np.zeros(seconds * SAMPLE_RATE, np.float32))


def test_a_damaged_file_is_told(make: Make, damsm: Path, tmp_path: Path) -> None:
    trainer, path = make("run"), tmp_path / "speech.safetensors"
    trainer.save()
    export_speech(damsm, trainer.path, path, {})
    content = bytearray(path.read_bytes())
    content[-5] ^= 1
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match="damaged"):
        Listener.load(path)
    with pytest.raises(CheckpointError, match="is not a speech2bird speech encoder weights file"):
        Listener.load(Path("weights/bird.safetensors"))


def test_broken_lists_are_told(spoken: Path) -> None:
    metadata = spoken / "metadata.jsonl"
    with metadata.open("a") as file:
        file.write('{"file_name": "x.flac"}\n')
    with pytest.raises(ValueError, match="line 33"):
        read_spoken_captions(spoken)
    metadata.unlink()
    with pytest.raises(FileNotFoundError, match="speak"):
        read_spoken_captions(spoken)


def test_sound_of_another_rate_is_told(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "x.flac", np.zeros(100), 8000)
    with pytest.raises(ValueError, match="16000 Hz"):
        load_samples(tmp_path / "x.flac")
    (tmp_path / "y.flac").write_bytes(b"nothing")
    with pytest.raises(ValueError, match="cannot be read"):
        load_samples(tmp_path / "y.flac")


def test_spelling() -> None:
    assert spell("A  red-bird") == spell("a red bird")
    assert len(spell("a red bird")) == 10 and min(spell("a red bird")) == 1

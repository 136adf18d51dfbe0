"""Build the sample songs: write each score to MIDI, play it with FluidSynth, encode it as Ogg.

Run from anywhere:

    python data/samples/build.py [--soundfont PATH] [--out FOLDER]

This is a build-time script. MMC itself only reads the finished .ogg files and samples.json, so
what follows is *not* in requirements.txt:

* Python packages: mido, numpy, soundfile (0.13 or newer)
* the ``fluidsynth`` program (2.x)
* the FluidR3 GM soundfont (Debian and Ubuntu: package fluid-soundfont-gm)

Every score below was written out by hand for MMC, in a small text notation, from compositions
that are in the public domain (or, for one piece, composed for MMC). No digital edition of the
notes was used as a source, so a note may differ here and there from the printed page. The
slight unevenness of a human player comes from a random generator seeded with the piece's name,
so two runs give the same audio.

The notation
------------
Tokens are separated by spaces. ``q:C5`` is a quarter-note C5; the length stays in force until
the next one, so ``e:C5 D5 E5`` is three eighths. Lengths are w h q e s (whole to sixteenth);
``.`` dots and ``3`` makes a triplet of the letter before it; several letters add up (``qs`` is
five sixteenths). ``C4+E4+G4`` is a chord, ``r`` a rest. After a note, ``>`` is an accent, ``'``
is staccato and ``_`` ties it to the next note. ``!mf`` sets the loudness and ``!p..`` moves
evenly from here to the next mark. ``|`` ends a bar, and a bar of the wrong length is an error.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import mido
import numpy as np
import soundfile as sf

DEFAULT_SOUNDFONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")
SAMPLE_RATE = 44_100
MAX_BYTES = 590_000
FADE_S = 1.6
TICKS_PER_BEAT = 480
TICKS_PER_SECOND = 2 * TICKS_PER_BEAT  # The files are written at MIDI's default 120 beats/min.
DRUM_CHANNEL = 9

# General MIDI programs, counted from 0 as they are sent.
PIANO, BRIGHT_PIANO, ACCORDION, NYLON_GUITAR, STEEL_GUITAR = 0, 1, 21, 24, 25
DISTORTION_GUITAR, ACOUSTIC_BASS, PICK_BASS = 30, 32, 34
VIOLIN, CELLO, CONTRABASS, HARP, TIMPANI = 40, 42, 43, 46, 47
STRINGS, SLOW_STRINGS = 48, 49
TRUMPET, TROMBONE, TUBA, BRASS_SECTION, HORN = 56, 57, 58, 61, 60
OBOE, BASSOON, PICCOLO = 68, 70, 72
STANDARD_KIT, POWER_KIT, ORCHESTRA_KIT = 0, 16, 48

LENGTHS = {name: Fraction(4, 2**power) for power, name in enumerate("whqes")}
DYNAMICS = {"ppp": 28, "pp": 38, "p": 50, "mp": 62, "mf": 76, "f": 92, "ff": 108, "fff": 120}
STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
DRUMS = {
    "bd": 36, "sn": 38, "lt": 41, "hh": 42, "oh": 46, "mt": 47, "cr": 49, "ch": 52, "tb": 54,
}  # fmt: skip

TOKEN = re.compile(r"(?:(?P<length>[whqes.3]+):)?(?P<body>[^>'_]+)(?P<marks>[>'_]*)")
PITCH = re.compile(r"([A-G])([#b]?)(\d)")


# --------------------------------------------------------------------------------------------
# From text to notes
# --------------------------------------------------------------------------------------------


@dataclass
class Note:
    """One sounding note; times are in beats from the start of the part."""

    start: Fraction
    length: Fraction
    pitch: int
    velocity: int = 0
    accent: bool = False
    staccato: bool = False


@dataclass(frozen=True)
class Loudness:
    """A loudness mark: the velocity from this beat on, or the start of a move to the next."""

    start: Fraction
    velocity: int
    moves: bool


@dataclass(frozen=True)
class Part:
    """One instrument: its score and how it is set up in the mix."""

    program: int
    score: str
    volume: int = 100
    pan: int = 64
    reverb: int = 50
    gate: float = 0.95  # Share of a note's written length that sounds.
    pedal: int = 0  # Beats between changes of the sustain pedal; 0 is no pedal.
    drums: bool = False


@dataclass(frozen=True)
class Piece:
    """A whole sample: what samples.json says of it, and its parts."""

    name: str
    title: str
    composer: str
    character: str
    description: str
    instruments: str
    source: str
    beats_per_bar: int
    tempo: Sequence[tuple[float, float]]  # (beat, beats per minute), straight lines between.
    parts: Sequence[Part] = field(repr=False)
    tail_s: float = 2.5
    peak_db: float = -1.5
    room: float = 0.5
    drive_db: float = 0.0  # How far loud peaks are pushed into a soft limiter.


def parse_length(letters: str) -> Fraction:
    """Return the beats that a length such as ``q.``, ``e3`` or ``qs`` stands for."""
    total = last = Fraction(0)
    for letter in letters:
        if letter == ".":
            change = last / 2
        elif letter == "3":
            change = -last / 3
        else:
            change = last = LENGTHS[letter]
        total += change
    return total


def parse_pitch(name: str) -> int:
    """Return the MIDI number of a pitch such as ``F#3`` (C4 is 60) or of a drum."""
    if name in DRUMS:
        return DRUMS[name]
    match = PITCH.fullmatch(name)
    if match is None:
        raise ValueError(f"'{name}' is not a pitch.")
    step, accidental, octave = match.groups()
    return STEPS[step] + {"#": 1, "b": -1, "": 0}[accidental] + 12 * (int(octave) + 1)


def velocity_at(beat: Fraction, marks: Sequence[Loudness]) -> int:
    """Return the velocity that the loudness marks ask for at a beat."""
    index = max((i for i, mark in enumerate(marks) if mark.start <= beat), default=-1)
    if index < 0:
        return DYNAMICS["mf"]
    mark = marks[index]
    if not mark.moves or index + 1 == len(marks):
        return mark.velocity
    following = marks[index + 1]
    share = float((beat - mark.start) / (following.start - mark.start))
    return round(mark.velocity + share * (following.velocity - mark.velocity))


def parse_score(score: str, beats_per_bar: int) -> list[Note]:
    """Read a score in the notation described at the top of this file."""
    notes: list[Note] = []
    tied: dict[int, Note] = {}
    marks: list[Loudness] = []
    now = bar_start = Fraction(0)
    length = Fraction(1)
    bar = 1
    for token in score.split():
        if token == "|":
            # The first bar may be an upbeat, so only later bars have to be full.
            if bar > 1 and now - bar_start != beats_per_bar:
                raise ValueError(f"Bar {bar} lasts {now - bar_start} beats: ...{score[:60]}")
            bar, bar_start = bar + 1, now
            continue
        if token.startswith("!"):
            level = token[1:].removesuffix("..")
            marks.append(Loudness(now, DYNAMICS[level], token.endswith("..")))
            continue
        match = TOKEN.fullmatch(token)
        if match is None:
            raise ValueError(f"Cannot read '{token}'.")
        if match["length"]:
            length = parse_length(match["length"])
        signs = match["marks"]
        if match["body"] != "r":
            pitches = [parse_pitch(name) for name in match["body"].split("+")]
            held = {}
            for pitch in pitches:
                if pitch in tied:
                    note = tied[pitch]
                    note.length += length
                else:
                    note = Note(now, length, pitch, accent=">" in signs, staccato="'" in signs)
                    notes.append(note)
                if "_" in signs:
                    held[pitch] = note
            tied = held
        now += length
    for note in notes:
        note.velocity = velocity_at(note.start, marks) + 12 * note.accent
    return notes


def octave(score: str, by: int) -> str:
    """Return the score with every pitch moved by whole octaves."""
    return PITCH.sub(lambda m: f"{m[1]}{m[2]}{int(m[3]) + by}", score)


def bars(*texts: str) -> str:
    """Join bars, or groups of bars, with bar lines."""
    return " | ".join(texts)


# --------------------------------------------------------------------------------------------
# From notes to a MIDI file
# --------------------------------------------------------------------------------------------


class Clock:
    """Turns beats into seconds for a tempo that may change along the way."""

    STEP = 1 / 16

    def __init__(self, tempo: Sequence[tuple[float, float]], beats: float) -> None:
        """Add up the time of each small step at the tempo in its middle."""
        self.beats = np.arange(0, beats + 2 * self.STEP, self.STEP)
        middles = self.beats[:-1] + self.STEP / 2
        points, speeds = zip(*tempo, strict=True)
        steps = self.STEP * 60 / np.interp(middles, points, speeds)
        self.times = np.concatenate([[0.0], np.cumsum(steps)])

    def seconds(self, beat: float | Fraction) -> float:
        """Return when a beat falls, in seconds from the start."""
        return float(np.interp(float(beat), self.beats, self.times))


@dataclass(order=True)
class Event:
    """A MIDI message at a time; at equal times the lower rank comes first."""

    seconds: float
    rank: int
    message: mido.Message = field(compare=False)


def play_part(
    part: Part, notes: Sequence[Note], channel: int, clock: Clock, dice: random.Random
) -> list[Event]:
    """Return the messages of one part, played a little unevenly."""
    setup = [mido.Message("program_change", channel=channel, program=part.program)]
    controls = {7: part.volume, 10: part.pan, 91: part.reverb, 93: 0}
    for control, value in controls.items():
        setup.append(mido.Message("control_change", channel=channel, control=control, value=value))
    events = [Event(0.0, 0, message) for message in setup]

    next_start: dict[int, float] = {}
    # Backwards, so that a note can be ended just before the same key is struck again.
    for note in sorted(notes, key=lambda n: n.start, reverse=True):
        begin = max(0.0, clock.seconds(note.start) + dice.gauss(0, 0.005))
        share = 0.5 if note.staccato else part.gate
        end = clock.seconds(note.start + note.length * Fraction(share))
        end = min(end, next_start.get(note.pitch, end) - 0.008)
        end = max(end, begin + 0.03)
        next_start[note.pitch] = begin
        velocity = min(127, max(1, note.velocity + round(dice.gauss(0, 2.5))))
        on = mido.Message("note_on", channel=channel, note=note.pitch, velocity=velocity)
        off = mido.Message("note_off", channel=channel, note=note.pitch)
        events += [Event(begin, 2, on), Event(end, 1, off)]
    return events + play_pedal(part, notes, channel, clock)


def play_pedal(part: Part, notes: Sequence[Note], channel: int, clock: Clock) -> list[Event]:
    """Return the pedal changes: up on the beat and down again at once, as a pianist does."""
    if not part.pedal:
        return []
    last = int(max(note.start for note in notes))
    events = []
    for beat in range(0, last + 1, part.pedal):
        at = clock.seconds(beat)
        for delay, value in ((0.0, 0), (0.06, 127)):
            message = mido.Message("control_change", channel=channel, control=64, value=value)
            events.append(Event(at + delay, 0, message))
    return events


def write_midi(piece: Piece, path: Path) -> float:
    """Write a piece as a MIDI file and return its length in seconds, tail included."""
    scores = [parse_score(part.score, piece.beats_per_bar) for part in piece.parts]
    beats = float(max(note.start + note.length for notes in scores for note in notes))
    clock = Clock(piece.tempo, beats)
    dice = random.Random(piece.name)
    events: list[Event] = []
    free = iter(n for n in range(16) if n != DRUM_CHANNEL)
    for part, notes in zip(piece.parts, scores, strict=True):
        channel = DRUM_CHANNEL if part.drums else next(free)
        events += play_part(part, notes, channel, clock, dice)

    track = mido.MidiTrack()
    past = 0
    for event in sorted(events):
        tick = round(event.seconds * TICKS_PER_SECOND)
        track.append(event.message.copy(time=tick - past))
        past = tick
    length = clock.seconds(beats) + piece.tail_s
    # FluidSynth stops at the end of the track: keep it open while the last notes die away.
    rest = max(0, round((length + 0.5) * TICKS_PER_SECOND) - past)
    track.append(mido.MetaMessage("end_of_track", time=rest))
    mido.MidiFile(ticks_per_beat=TICKS_PER_BEAT, tracks=[track]).save(path)
    return length


# --------------------------------------------------------------------------------------------
# From a MIDI file to an Ogg file
# --------------------------------------------------------------------------------------------


def render(midi: Path, wav: Path, soundfont: Path, room: float) -> None:
    """Play a MIDI file into a WAV file with FluidSynth."""
    settings = {
        "synth.reverb.active": 1,
        "synth.reverb.room-size": room,
        "synth.reverb.damp": 0.4,
        "synth.reverb.width": 0.8,
        "synth.reverb.level": 0.6,
        "synth.chorus.active": 0,
        "synth.gain": 0.4,
        "synth.sample-rate": SAMPLE_RATE,
    }
    command = ["fluidsynth", "-ni", "-q", "-F", str(wav), "-T", "wav", "-O", "float"]
    for name, value in settings.items():
        command += ["-o", f"{name}={value}"]
    done = subprocess.run(
        [*command, str(soundfont), str(midi)], capture_output=True, text=True, check=False
    )
    if done.returncode or not wav.is_file():
        sys.exit(f"FluidSynth could not play {midi.name}: {done.stderr.strip()}")


def finish(audio: np.ndarray, length: float, peak_db: float, drive_db: float) -> np.ndarray:
    """Cut to length, drop silence at the start, fade out the end and set the peak."""
    if drive_db:
        # Single drum strokes would otherwise hold the rest of a loud piece down.
        audio = np.tanh(audio * 10 ** (drive_db / 20) / np.abs(audio).max())
    loud = np.flatnonzero(np.abs(audio).max(axis=1) > 1e-3 * np.abs(audio).max())
    start = max(0, int(loud[0]) - SAMPLE_RATE // 20)
    audio = audio[start : round(length * SAMPLE_RATE)].copy()
    fade = np.cos(np.linspace(0, np.pi / 2, round(FADE_S * SAMPLE_RATE))) ** 2
    audio[-len(fade) :] *= fade[:, np.newaxis]
    audio *= 10 ** (peak_db / 20) / np.abs(audio).max()
    return audio


def encode(audio: np.ndarray, path: Path) -> None:
    """Write Ogg Vorbis at the best quality whose file stays under the size limit."""
    for compression in (0.5, 0.6, 0.7, 0.8, 0.9):
        with sf.SoundFile(
            path, "w", SAMPLE_RATE, audio.shape[1], "VORBIS", format="OGG",
            compression_level=compression,
        ) as out:  # fmt: skip
            # In blocks: some versions of libsndfile overflow the stack on one long write.
            for start in range(0, len(audio), SAMPLE_RATE):
                out.write(audio[start : start + SAMPLE_RATE])
        if path.stat().st_size < MAX_BYTES:
            return
    sys.exit(f"{path.name} is larger than {MAX_BYTES} bytes at every quality tried.")


def build_piece(piece: Piece, soundfont: Path, out: Path) -> dict[str, str | float]:
    """Build one .ogg file and return its entry for samples.json."""
    with tempfile.TemporaryDirectory() as folder:
        midi, wav = Path(folder, "piece.mid"), Path(folder, "piece.wav")
        length = write_midi(piece, midi)
        render(midi, wav, soundfont, piece.room)
        audio, _ = sf.read(wav, dtype="float64", always_2d=True)
    audio = finish(audio, length, piece.peak_db, piece.drive_db)
    target = out / f"{piece.name}.ogg"
    encode(audio, target)
    return {
        "file": target.name,
        "title": piece.title,
        "composer": piece.composer,
        "character": piece.character,
        "description": piece.description,
        "instruments": piece.instruments,
        "duration_s": round(len(audio) / SAMPLE_RATE, 1),
        "source": piece.source,
        "licence": "CC0-1.0 (recording); sounds from FluidR3 GM (MIT)",
    }


# --------------------------------------------------------------------------------------------
# Happy
# --------------------------------------------------------------------------------------------


def entertainer() -> Piece:
    """Joplin's best-known rag: introduction, first strain twice."""
    rag = "s:E4 e:C5 s:E4 e:C5 s:E4 C5_"
    turn = "s:E5+E6 C5+C6 D5+D6 e:E5+E6> s:B4+B5 e:D5+D6"
    skip = "s:E5+E6 C5+C6 D5+D6 e:E5+E6> s:C5+C6 D5+D6 C5+C6"
    climb = "qs:C5 s:C5+C6 D5+D6 D#5+D#6"
    into = "s:D4 D#4"
    intro = bars(
        "!f s:D5+D6 E5+E6 C5+C6 e:A4+A5 s:B4+B5 e:G4+G5",
        "s:D4+D5 E4+E5 C4+C5 e:A3+A4 s:B3+B4 e:G3+G4",
        "s:D3+D4 E3+E4 C3+C4 e:A2+A3 s:B2+B3 A2+A3 G#2+G#3",
        f"e:G2+G3' r G4+B4+D5+G5' {into}",
    )
    body = bars(
        rag, climb, turn, f"q.:C5+C6 {into}",
        rag, "q.:C5 s:A5 G5", "s:F#5 A5 C6 e:E6> s:D6 C6 A5", f"q.:D5+D6 {into}",
        rag, climb, turn, "q.:C5+C6 s:C5+C6 D5+D6",
        "!ff " + skip, skip, turn,
    )  # fmt: skip
    right = bars(
        intro, body, f"q.:C5+E5+G5+C6 !f {into}",
        body, "e:C5+E5+G5+C6' r C4+E4+G4+C5>' r",
    )  # fmt: skip

    on_c, on_f = "E3+G3+C4'", "F3+A3+C4'"
    home = bars(
        f"e:C2+C3 {on_c} Bb1+Bb2 {on_c}", f"A1+A2 {on_f} F1+F2 {on_f}",
        f"G1+G2 {on_c} G1+G2 F3+G3+B3'", f"C2+C3 {on_c} G1+G2 {on_c}",
    )  # fmt: skip
    away = bars(
        f"C2+C3 {on_c} Bb1+Bb2 {on_c}", f"A1+A2 {on_f} G1+G2 {on_c}",
        "D2+D3 F#3+A3+C4' A1+A2 F#3+A3+C4'", "G1+G2 F3+G3+B3' A1+A2 B1+B2",
    )  # fmt: skip
    close = bars(
        f"C2+C3 {on_c} Bb1+Bb2 {on_c}", f"A1+A2 {on_f} Ab1+Ab2 F3+Ab3+C4'",
        f"G1+G2 {on_c} G1+G2 F3+G3+B3'",
    )  # fmt: skip
    left = bars(
        "!f s:D4 E4 C4 e:A3 s:B3 e:G3", "s:D3 E3 C3 e:A2 s:B2 e:G2",
        "s:D2 E2 C2 e:A1 s:B1 A1 G#1", "e:G1' r G1+G2' r",
        "!f " + home, away, home, close, f"C2+C3 {on_c} G1+G2 B1+B2",
        home, away, home, close, "C2+C3' r C1+C2>' r",
    )  # fmt: skip
    return Piece(
        "joplin-entertainer", "The Entertainer", "Scott Joplin (1902)", "happy",
        "A bouncing, cheerful ragtime for piano in C major, off-beat tune over striding bass.",
        "piano", "Introduction and first strain (twice) written out for MMC; left hand simplified.",
        2, [(0, 84)],
        [
            Part(BRIGHT_PIANO, right, pan=70, reverb=35),
            Part(BRIGHT_PIANO, left, volume=88, pan=56, reverb=35, gate=0.8),
        ],
        tail_s=1.8, peak_db=-2.8, room=0.3, drive_db=2.0,
    )  # fmt: skip


JIG_CHORDS = {
    "G": ("G2", "D3", "G3+B3+D4"),
    "Am": ("A2", "E3", "A3+C4+E4"),
    "C": ("C3", "G2", "G3+C4+E4"),
    "D": ("D3", "A2", "F#3+A3+D4"),
}


def jig_guitar(chords: str) -> str:
    """Return a guitar's bass-and-strum jig pattern: one bar a word, ``C,D`` is half and half."""
    result = []
    for word in chords.split():
        first, second = (word.split(",") * 2)[:2]
        low = JIG_CHORDS[second][0 if "," in word else 1]
        result.append(
            f"q:{JIG_CHORDS[first][0]} e:{JIG_CHORDS[first][2]}' q:{low} e:{JIG_CHORDS[second][2]}'"
        )
    return bars(*result)


def jig_bass(chords: str) -> str:
    """Return the double bass for the same chords: two dotted quarters a bar."""
    result = []
    for word in chords.split():
        first, second = (word.split(",") * 2)[:2]
        low = JIG_CHORDS[second][0 if "," in word else 1]
        result.append(octave(f"q.:{JIG_CHORDS[first][0]} {low}", -1))
    return bars(*result)


def jigs() -> Piece:
    """Two traditional jigs for a small folk band, the second joined on without a break."""
    wash = bars(
        "e:B4> G4 G4 D4> G4 G4", "B4> G4 B4 D5> C5 B4", "C5> A4 A4 E4> A4 A4",
        "C5> A4 C5 E5> D5 C5", "B4> G4 G4 D4> G4 G4", "B4> G4 B4 D5> C5 B4",
        "C5> B4 C5 A4> D5 C5",
    )  # fmt: skip
    wash_high = bars(
        "e:G5> D5 G5 G5> D5 G5", "G5> D5 G5 B5> A5 G5", "F#5> D5 F#5 F#5> D5 F#5",
        "F#5> D5 F#5 A5> G5 F#5", "E5> G5 G5 D5> G5 G5", "C5> G5 G5 B4> G5 G5",
        "C5> B4 C5 A4> D5 C5", "B4> G4 G4 q.:G4>",
    )  # fmt: skip
    kesh = bars(
        "q.:G4> e:G4> A4 B4", "q.:A4> e:A4> B4 D5", "E5> D5 D5 G5> D5 D5",
        "E5> D5 B4 D5> B4 A4", "q.:G4> e:G4> A4 B4", "q.:A4> e:A4> B4 D5",
        "E5> D5 D5 G5> D5 B4", "A4> G4 F#4 q.:G4>",
    )  # fmt: skip
    kesh_high = bars(
        "e:B4> A4 B4 D5> B4 D5", "E5> G5 E5 D5> B4 G4", "B4> A4 B4 D5> B4 G4",
        "A4> B4 A4 A4> G4 A4", "B4> A4 B4 D5> B4 D5", "E5> G5 E5 D5> B4 D5",
        "G5> F#5 G5 A5> G5 A5", "B5> G5 G5 q.:G5>",
    )  # fmt: skip
    again = "B4> G4 G4 q:G4> s:D5 C5"
    last = "h.:G4+B4+D5+G5>"
    tune = bars(
        f"!f {wash}", again, wash, "B4> G4 G4 q.:G4>",
        wash_high, wash_high, kesh, kesh_high, last,
    )  # fmt: skip
    silence = bars(*["h.:r"] * 16)
    high = bars(silence, "!mf " + wash_high, wash_high, kesh, kesh_high, "h.:G5>")
    box = bars(
        bars(*["h.:r"] * 8), "!mf " + wash, "e:B4> G4 G4 q.:G4>",
        wash_high, wash_high, kesh, kesh_high, "h.:G4+B4+D5>",
    )  # fmt: skip

    wash_chords = "G G Am D G G C,D G "
    high_chords = "G G D D C,G Am,G C,D G "
    kesh_chords = "G D C,G G,D G D C,G D,G G C,G G D G C,G C,D G "
    chords = 2 * wash_chords + 2 * high_chords + kesh_chords
    beat = bars("e:bd+tb r tb' lt tb' tb'", "e:bd+tb r tb' lt r tb'")
    drums = bars("!mf " + beat, *[beat] * 23, "h.:bd+cr")
    return Piece(
        "traditional-irish-jigs", "The Irish Washerwoman and The Kesh Jig",
        "traditional (Ireland)", "happy",
        "Two lively dance tunes in G major for a folk band that joins in bit by bit.",
        "fiddle, piccolo, accordion, steel-string guitar, double bass, light percussion",
        "Tunes written out for MMC as commonly played; accompaniment arranged for MMC.",
        3, [(0, 177)],
        [
            Part(VIOLIN, tune, volume=104, pan=50, gate=0.85),
            Part(PICCOLO, high, volume=84, pan=84),
            Part(ACCORDION, box, volume=104, pan=90, gate=0.85),
            Part(STEEL_GUITAR, bars("!mf " + jig_guitar(chords), "h.:G2+D3+G3+B3+D4+G4>"),
                 volume=92, pan=74, reverb=35),
            Part(ACOUSTIC_BASS, bars("!f " + jig_bass(chords), "h.:G1>"), volume=80, reverb=25),
            Part(STANDARD_KIT, drums, volume=110, drums=True, reverb=30),
        ],
        tail_s=1.6, peak_db=-2.8, room=0.35, drive_db=2.5,
    )  # fmt: skip


# --------------------------------------------------------------------------------------------
# Angry
# --------------------------------------------------------------------------------------------


def mountain_king() -> Piece:
    """Grieg's trolls, entering at full strength and chasing to the final blows."""
    minor = bars(
        "e:B2' C#3' D3' E3' F#3' D3' q:F#3>", "e:F3' C#3' q:F3> e:E3' C3' q:E3>",
        "e:B2' C#3' D3' E3' F#3' D3' F#3' B3'", "A3' F#3' D3' F#3' h:A3>",
    )  # fmt: skip
    major = bars(
        "e:F#3' G#3' A#3' B3' C#4' A#3' q:C#4>", "e:D4' A#3' q:D4> e:C#4' A#3' q:C#4>",
        "e:F#3' G#3' A#3' B3' C#4' A#3' q:C#4>", "e:D4' A#3' q:D4> h:C#4>",
    )  # fmt: skip
    verse = bars(minor, major, minor)
    rise = "e:B3' C#4' D4' E4' F#4' D4' q:F#4>"
    rest = "w:r"
    low = bars("!f.. " + verse, "!ff " + verse, minor)
    top = bars("!ff.. " + octave(verse, 1), "!fff " + octave(minor, 2))
    # The last seven bars: the tune's first bar thrown between unison and full blows.
    ending = bars(
        "!fff " + rise, rest, octave(rise, 1), rest, "e:B3> C#4 D4 E4 F#4 D4 F#4 B4",
        "e:A#4> B4 C#5 B4 A#4> F#4 C#4 A#3", "q:B3> r h:B3>",
    )  # fmt: skip

    def blows(chord: str, dominant: str) -> str:
        hit = f"q:r {chord}>' r {chord}>'"
        return bars(rest, hit, rest, hit, rest, f"w:{dominant}>", f"q:{chord}>' r h:{chord}>")

    def stabs(b: str, c_sharp: str, c: str, d: str, f_sharp: str, aug: str) -> str:
        def bar(first: str, second: str) -> str:
            return f"e:r {first}' r {first}' r {second}' r {second}'"

        dark = bars(bar(b, b), bar(c_sharp, c), bar(b, b), bar(d, d))
        bright = bars(
            bar(f_sharp, f_sharp), bar(aug, f_sharp), bar(f_sharp, f_sharp), bar(aug, f_sharp)
        )
        return bars("!f.. " + dark, bright, dark, "!ff " + dark, bright, dark, dark)

    horns = stabs("B3+D4+F#4", "C#4+F4+G#4", "C4+E4+G4", "A3+D4+F#4", "A#3+C#4+F#4", "A#3+D4+F#4")
    dark = bars(*["q:B1> F#1 B1> F#1"] * 3, "D2> A1 D2> A1")
    bright = bars(*["q:F#1> C#2 F#1> C#2"] * 4)
    bass = bars("!f.. " + dark, bright, dark, "!ff " + dark, bright, dark, dark)
    dark = bars(*["q:B2> F#2 B2> F#2"] * 3, "s:F#2 F#2 F#2 F#2 q:B2> s:F#2 F#2 F#2 F#2 q:B2>")
    bright = bars(*["q:F#2> e:F#2 F#2 q:F#2> e:F#2 F#2"] * 4)
    drum_verse = bars(dark, bright, dark)
    roll = "s:" + " ".join(["F#2"] * 16)
    kettle = bars(
        "!f.. " + drum_verse, "!ff " + drum_verse, dark,
        rest, "q:r B2> r B2>", rest, "q:r B2> r B2>", "s:" + " ".join(["B2"] * 16),
        f"!f.. {roll}", "!fff q:B2> r h:B2>",
    )  # fmt: skip
    march = "q:bd> sn' bd> e:sn' sn'"
    wild = "e:bd+cr> sn' sn>' sn' bd> sn' sn>' sn'"
    kit = bars(
        *["!mf " + march] * 8, *["!f " + march] * 4, *["!ff " + wild] * 12,
        rest, "q:r bd+cr> r bd+cr>", rest, "q:r bd+cr> r bd+cr>", "!f.. s:" + " ".join(["sn"] * 16),
        "!ff s:" + " ".join(["sn"] * 16), "!fff q:bd+cr> r h:bd+cr>",
    )  # fmt: skip
    quiet = bars(*[rest] * 12)
    return Piece(
        "grieg-mountain-king", "In the Hall of the Mountain King",
        "Edvard Grieg (1875)", "angry",
        "A stamping, ever faster minor-key chase for full orchestra that ends in hammer blows.",
        "trumpets, horns, trombones, tuba, strings, bassoon, piccolo, timpani, drums, cymbals",
        "Tune written out for MMC; scoring, cuts and closing bars arranged for MMC.",
        4, [(0, 144), (48, 160), (96, 184), (112, 196), (136, 196), (137, 150), (140, 140)],
        [
            Part(STRINGS, bars(octave(low, 0), ending), volume=100, pan=84, gate=0.9),
            Part(BASSOON, bars(low, ending), volume=92, pan=70),
            Part(TROMBONE, bars(low, blows("B2+F#3+B3", "F#2+C#3+A#3")), volume=88, pan=78),
            Part(TUBA, bars(bass, blows("B1", "F#1")), volume=92, pan=72, gate=0.7),
            Part(CONTRABASS, bars(bass, blows("B1", "F#1")), volume=100, pan=90, gate=0.7),
            Part(HORN, bars(horns, blows("B3+D4+F#4", "A#3+C#4+F#4")), volume=80, pan=46),
            Part(STRINGS, bars(quiet, top, octave(ending, 1)), volume=108, pan=40, gate=0.9),
            Part(TRUMPET, bars(quiet, top, blows("B4+D5+F#5", "A#4+C#5+F#5")),
                 volume=84, pan=60),
            Part(BRASS_SECTION, bars(quiet, horns.split(" | ", 12)[12],
                                     blows("F#4+B4+D5", "F#4+A#4+E5")), volume=76, pan=56),
            Part(PICCOLO, bars(quiet, octave(top, 1), octave(ending, 2)), volume=72, pan=50),
            Part(TIMPANI, kettle, volume=112, pan=60),
            Part(ORCHESTRA_KIT, kit, volume=100, drums=True),
        ],
        tail_s=2.2, peak_db=-3.0, room=0.6, drive_db=6.0,
    )  # fmt: skip


def anvil() -> Piece:
    """Our own short heavy-metal piece: low riffs, tritones and hard drums."""
    riff = bars(
        "s:E2' E2' e:E2+B2> s:E2' E2' e:F2+C3> s:E2' E2' e:E2+B2> A#2+F3> A2+E3>",
        "s:E2' E2' e:E2+B2> s:E2' E2' e:F2+C3> s:E2' E2' e:G2+D3> F#2+C#3> F2+C3>",
    )
    storm = bars(
        "q.:E2+B2+E3> q.:F2+C3+F3> q:E2+B2+E3>", "q.:G2+D3+G3> q.:F2+C3+F3> q:A#2+F3+A#3>",
        "q.:E2+B2+E3> q.:F2+C3+F3> q:E2+B2+E3>", "q:A#2+F3+A#3> A2+E3+A3> G2+D3+G3> F2+C3+F3>",
    )  # fmt: skip
    crush = bars(
        "q:E2+B2+E3> e:r s:E2' E2' e:r E2'> q:F2+C3+F3>",
        "q:E2+B2+E3> e:r s:E2' E2' e:A#2+F3> A2+E3> q:F2+C3+F3>",
    )
    guitar = bars(
        "!ff " + riff, riff, riff, riff, storm, storm, crush, crush, riff, riff, storm,
        "e:E2+B2+E3>' r F2+C3+F3>' r A#2+F3+A#3>' r F2+C3+F3>' r", "w:E2+B2+E3>",
    )  # fmt: skip
    # One string of the guitars' chords, an octave down, is the bass.
    bass = octave(re.sub(r"(\w#?\d)\+[^\s>']*", r"\1", guitar), -1)

    rest = "w:r"
    scream = bars("w:B5_", "h:B5 h:A#5", "w:F5_", "h:F5 q:E5 F5")
    shred = bars(
        "s:E5 F5 E5 D#5 E5 F5 G5 F5 E5 F5 E5 D#5 E5 B4 C5 D#5",
        "s:G5 F5 E5 F5 G5 A#5 A5 G5 F5 E5 F5 G5 A#5 B5 A#5 F5",
    )
    lead = bars(
        *[rest] * 8, "!f " + scream, scream, *[rest] * 4, shred, shred, scream, rest,
        "w:E5+A#5>",
    )  # fmt: skip

    groove = "s:bd+oh> bd r r sn+oh> bd bd r bd+oh> bd r r sn+oh> bd bd bd"
    thrash = "e:bd+cr> sn+oh> bd+oh sn+oh> bd+oh sn+oh> bd+oh sn+oh>"
    double = "s:bd+oh> bd bd bd sn+oh> bd bd bd bd+oh> bd bd bd sn+oh> bd bd bd"
    heavy = bars(
        "q:bd+cr> e:hh s:bd bd e:hh bd sn+cr> hh",
        "q:bd+cr> e:hh s:bd bd e:sn+cr> sn+cr> q:bd+ch>",
    )
    fill = "s:sn> sn sn sn mt> mt mt mt lt> lt lt lt sn> sn sn> sn>"
    kit = bars(
        "!ff e:bd+cr> r s:r r e:cr> r r cr> cr>", "e:bd+cr> r s:r r e:cr> r r cr> cr>",
        groove, fill, "s:bd+cr> bd bd bd sn+oh> bd bd bd bd+oh> bd bd bd sn+oh> bd bd bd",
        double, double, fill, *[thrash] * 7, fill, heavy, heavy,
        "s:bd+cr> bd bd bd sn+oh> bd bd bd bd+oh> bd bd bd sn+oh> bd bd bd", double, double, fill,
        *[thrash] * 4, "e:bd+cr> r bd+cr> r bd+cr> r bd+cr> r", "w:bd+cr+ch>",
    )  # fmt: skip
    return Piece(
        "mmc-anvil", "Anvil", "the MMC project", "angry",
        "Fast, heavy metal: low distorted riffs, tritones, a screaming lead and pounding drums.",
        "distorted electric guitars, electric bass, drum kit",
        "Composed for MMC.",
        4, [(0, 152)],
        [
            Part(DISTORTION_GUITAR, guitar, volume=100, pan=14, reverb=15),
            Part(DISTORTION_GUITAR, guitar, volume=100, pan=114, reverb=15),
            Part(PICK_BASS, bass, volume=124, reverb=5),
            Part(DISTORTION_GUITAR, lead, volume=92, pan=70, reverb=60),
            Part(POWER_KIT, kit, volume=112, drums=True, reverb=25),
        ],
        tail_s=1.2, peak_db=-2.2, room=0.3, drive_db=3.0,
    )  # fmt: skip


# --------------------------------------------------------------------------------------------
# Sad
# --------------------------------------------------------------------------------------------


def moonlight() -> Piece:
    """The opening of the 'Moonlight' sonata, brought home to C-sharp minor."""

    def ripple(*groups: str) -> str:
        return "e3:" + " ".join(groups)

    c_sharp, neapolitan = "G#3 C#4 E4", "A3 D4 F#4"
    middle = bars(
        "!pp " + ripple(*[c_sharp] * 4),
        ripple(*[c_sharp] * 4),
        ripple("A3 C#4 E4", "A3 C#4 E4", neapolitan, neapolitan),
        ripple("G#3 C4 F#4", c_sharp, "G#3 C#4 D#4", "F#3 C4 D#4"),
        ripple("E3 G#3 C#4", *[c_sharp] * 3),
        ripple(*["G#3 D#4 F#4"] * 4),
        ripple(c_sharp, c_sharp, "A3 C#4 F#4", "A3 C#4 F#4"),
        ripple("G#3 B3 E4", "G#3 B3 E4", "A3 B3 D#4", "A3 B3 D#4"),
        ripple(*["G#3 B3 E4"] * 4),
        ripple("A3 C#4 E4", "A3 C#4 E4", neapolitan, neapolitan),
        ripple("G#3 C4 F#4", c_sharp, "G#3 C#4 D#4", "F#3 C4 D#4"),
        ripple("E3 G#3 C#4", c_sharp, "E3 G#3 C#4", "G#2 C#3 E3"),
        "!ppp w:E3+G#3+C#4",
    )
    call = "e.:G#4 s:G#4"
    melody = bars(
        *["w:r"] * 4, f"!mp h.:r {call}", f"h.:G#4 {call}", "!mf h:G#4 A4",
        "h:G#4 q:F#4 B4", "!mp h.:E4 q:r", "w:r", "w:r", "w:r", "w:r",
    )  # fmt: skip
    low = bars(
        "!p w:C#2+C#3", "B1+B2", "h:A1+A2 F#1+F#2", "G#1+G#2 G#1+G#2", "w:C#2+G#2+C#3",
        "G#1+D#2+G#2", "h:C#2+C#3 F#1+F#2", "B1+B2 B1+B2", "w:E2+E3",
        "h:A1+A2 F#1+F#2", "G#1+G#2 G#1+G#2", "w:C#2+C#3", "!pp w:C#1+C#2",
    )  # fmt: skip
    return Piece(
        "beethoven-moonlight", "Piano Sonata no. 14, 'Moonlight', first movement (opening)",
        "Ludwig van Beethoven (1801)", "sad",
        "A slow, dark piano piece in C-sharp minor: soft rolling triplets under a tolling tune.",
        "piano", "Bars 1 to 9 written out for MMC; bars 3 and 4 return to lead to a short close.",
        4, [(0, 57), (42, 57), (48, 44), (52, 44)],
        [
            Part(PIANO, melody, pan=66, reverb=70, gate=1.0),
            Part(PIANO, middle, pan=62, reverb=70, gate=1.0, pedal=1),
            Part(PIANO, low, pan=58, reverb=70, gate=1.0),
        ],
        tail_s=0.6, peak_db=-4.0, room=0.6,
    )  # fmt: skip


def swan_lake() -> Piece:
    """The swans' theme, slow: oboe over harp, answered by the cellos."""
    theme = bars(
        "h:F#5 e:B4 C#5 D5 E5", "q.:F#5 e:D5 q.:F#5 e:D5", "q.:F#5 e:B4 D5 B4 G4 D5",
    )  # fmt: skip
    oboe = bars(
        "!mp w:r", "!mf " + theme, "h:B4 e:r !mp.. E5 D5 C#5", "!f " + theme,
        "!mf.. h.:B4 q:r", *["w:r"] * 3, "!mp h:r h:F#4", "w:D4",
    )  # fmt: skip
    cello = bars(
        *["w:r"] * 9, "!mf " + octave(theme, -1), "!mp.. h.:B3 q:r", "!p w:B2",
    )  # fmt: skip
    minor, major = "B2 F#3 B3 D4 F#4 D4 B3 F#3", "A2 F#3 A3 D4 F#4 D4 A3 F#3"
    fall, lead = "G2 D3 G3 B3 D4 B3 G3 D3", "F#2 F#3 B3 D4 C#4 A#3 F#3 E3"
    harp = bars(
        "!mp e:" + minor, minor, major, fall, lead, minor, major, fall, minor,
        minor, major, fall, minor, "!pp q:B2 F#3 h:B3",
    )  # fmt: skip
    dark, light, sub = "w:B2+F#3+D4", "w:A2+F#3+D4", "w:G2+D3+B3"
    turn = "h:F#2+D3+B3 h:F#2+C#3+A#3"
    pad = bars(
        "!pp " + dark, "!p " + dark, light, sub, turn, "!mp " + dark, light, sub, dark,
        "!p " + dark, light, sub, dark, "!pp w:B2+F#3+D4",
    )  # fmt: skip
    bass = bars(
        "!pp w:r", "!p w:B1", "A1", "G1", "h:F#1 F#1", "!mp w:B1", "A1", "G1", "B1",
        "!p B1", "A1", "G1", "B1", "!pp w:B1",
    )  # fmt: skip
    return Piece(
        "tchaikovsky-swan-lake", "Swan Lake: the swans' theme",
        "Pyotr Ilyich Tchaikovsky (1876)", "sad",
        "A sorrowful, slow oboe tune in B minor over harp and strings, taken up by the cello.",
        "oboe, cello, harp, strings, double basses",
        "Tune written out for MMC; harmony and scoring arranged for MMC.",
        4, [(0, 68), (44, 68), (52, 54), (56, 50)],
        [
            Part(OBOE, oboe, volume=84, pan=60, reverb=80, gate=1.0),
            Part(CELLO, cello, volume=112, pan=80, reverb=80, gate=1.0),
            Part(HARP, harp, volume=124, pan=44, reverb=80, pedal=4),
            Part(SLOW_STRINGS, pad, volume=98, reverb=80, gate=1.05),
            Part(CONTRABASS, bass, volume=112, pan=84, reverb=70, gate=1.0),
        ],
        tail_s=1.5, peak_db=-5.0, room=0.7,
    )  # fmt: skip


# --------------------------------------------------------------------------------------------
# Relaxed
# --------------------------------------------------------------------------------------------


def gymnopedie() -> Piece:
    """The first twenty bars of Satie's first Gymnopédie and a closing chord."""
    line = bars("!mp.. q:r F#5 A5", "G5 F#5 C#5", "B4 C#5 D5", "!p h.:A4")
    melody = bars(
        *["h.:r"] * 4, line, "h.:F#4_", "F#4_", "F#4_", "F#4", line,
        "!mp C#5", "F#5", "!p E4_", "E4", "!pp h.:F#4+D5",
    )  # fmt: skip
    sway = bars("h.:G2", "D2")
    low = bars("!p " + sway, *[sway] * 7, "F#2", "B1", "E2", "A1", "!pp D2")
    swing = bars("q:r h:B3+D4+F#4", "q:r h:A3+C#4+F#4")
    chords = bars(
        "!pp " + swing, *[swing] * 7, "q:r h:A3+C#4+F#4", "q:r h:B3+D4+F#4",
        "q:r h:G3+B3+D4", "q:r h:G3+C#4", "q:r h:A3+D4",
    )  # fmt: skip
    return Piece(
        "satie-gymnopedie-1", "Gymnopédie no. 1 (opening)", "Erik Satie (1888)", "relaxed",
        "A calm, floating piano waltz: a spare tune over two gently swaying chords.",
        "piano",
        "The first twenty bars written out for MMC; the last harmonies and chord are ours.",
        3, [(0, 76), (57, 76), (60, 62), (63, 60)],
        [
            Part(PIANO, melody, volume=116, pan=68, reverb=75, gate=1.0),
            Part(PIANO, low, volume=96, pan=58, reverb=75, gate=1.0, pedal=3),
            Part(PIANO, chords, volume=96, pan=62, reverb=75, gate=1.0),
        ],
        tail_s=1.2, peak_db=-6.0, room=0.65,
    )  # fmt: skip


BACH_CHORDS = """
    C4 E4 G4 C5 E5   C4 D4 A4 D5 F5   B3 D4 G4 D5 F5    C4 E4 G4 C5 E5   C4 E4 A4 E5 A5
    C4 D4 F#4 A4 D5  B3 D4 G4 D5 G5   B3 C4 E4 G4 C5    A3 C4 E4 G4 C5   D3 A3 D4 F#4 C5
    G3 B3 D4 G4 B4   G3 Bb3 E4 G4 C#5 F3 A3 D4 A4 D5    F3 Ab3 D4 F4 B4  E3 G3 C4 G4 C5
    E3 F3 A3 C4 F4   D3 F3 A3 C4 F4   G2 D3 G3 B3 F4    C3 E3 G3 C4 E4
"""


def bach_prelude() -> Piece:
    """Bach's first prelude, bars 1 to 19, as a guitar piece over very soft strings."""
    names = BACH_CHORDS.split()
    chords = [names[i : i + 5] for i in range(0, len(names), 5)]
    plucked, held = [], []
    for a, b, *rest in chords[:-1]:
        # Each half bar: two low notes, then the upper three twice.
        half = f"s:{a} {b} {' '.join(rest)} {' '.join(rest)}"
        plucked.append(f"{half} {half}")
        held.append(f"w:{a}+{b}+{'+'.join(rest)}")
    last = "+".join(chords[-1])
    swell = ["!p..", *[""] * 4, "!mp..", *[""] * 5, "!mf..", *[""] * 3, "!p..", "", ""]
    guitar = bars(*(f"{s} {b}" for s, b in zip(swell, plucked, strict=True)), f"!pp w:{last}")
    return Piece(
        "bach-prelude-c", "Prelude in C major, BWV 846 (bars 1 to 19)",
        "Johann Sebastian Bach (1722)", "relaxed",
        "Even, gentle guitar arpeggios in C major over a faint cushion of strings.",
        "nylon-string guitar, soft strings",
        "Bars 1 to 19 written out for MMC; the string cushion holds the same chords.",
        4, [(0, 84), (64, 84), (72, 62), (76, 62)],
        [
            Part(NYLON_GUITAR, guitar, volume=112, reverb=70, pedal=4),
            Part(SLOW_STRINGS, bars("!ppp " + held[0], *held[1:], f"w:{last}"), volume=78,
                 reverb=90, gate=1.0),
        ],
        tail_s=0.8, peak_db=-6.0, room=0.65,
    )  # fmt: skip


# --------------------------------------------------------------------------------------------
# Command line
# --------------------------------------------------------------------------------------------

PIECES = (
    entertainer, jigs, mountain_king, anvil, moonlight, swan_lake, gymnopedie, bach_prelude,
)  # fmt: skip


def main() -> None:
    """Build every sample and samples.json."""
    parser = argparse.ArgumentParser(description="Build MMC's sample songs.")
    parser.add_argument("--soundfont", type=Path, default=DEFAULT_SOUNDFONT)
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parent)
    options = parser.parse_args()
    if shutil.which("fluidsynth") is None:
        sys.exit("The fluidsynth program is missing: install it (Debian: apt install fluidsynth).")
    if not options.soundfont.is_file():
        sys.exit(
            f"There is no soundfont at {options.soundfont}: install fluid-soundfont-gm or give "
            "the path of FluidR3_GM.sf2 with --soundfont."
        )
    options.out.mkdir(parents=True, exist_ok=True)
    entries = []
    for make in PIECES:
        entry = build_piece(make(), options.soundfont, options.out)
        entries.append(entry)
        print(f"{entry['file']}: {entry['duration_s']} s")
    text = json.dumps(entries, indent=2, ensure_ascii=False) + "\n"
    (options.out / "samples.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

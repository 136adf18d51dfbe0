"""What can go wrong, by kind. Every message says what was got, what was expected, what to do."""

from __future__ import annotations


class MMCError(Exception):
    """Base of all errors that a person can do something about."""


class AudioError(MMCError):
    """A file that cannot be used as sound. `kind` is a stable short name for scripts."""

    kind = "audio"


class EmptyFile(AudioError):
    kind = "empty"


class NotAudio(AudioError):
    kind = "not-audio"


class NoAudioStream(AudioError):
    kind = "no-audio-stream"


class DamagedAudio(AudioError):
    kind = "damaged"


class TooLarge(AudioError):
    kind = "too-large"


class TooLong(AudioError):
    kind = "too-long"


class TooShort(AudioError):
    kind = "too-short"


class SilentAudio(AudioError):
    kind = "silent"


class NotFiniteAudio(AudioError):
    kind = "not-finite"


class DatasetError(MMCError):
    """A dataset that is unknown, not there yet, or not as it should be."""


class RunError(MMCError):
    """A run folder that is missing, incomplete or made for other features."""


class RecipeError(MMCError):
    """A training recipe or one of its settings that makes no sense."""

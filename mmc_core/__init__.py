"""Music Mood Classification: audio -> features -> table -> (figures | training) -> prediction."""

__version__ = "0.1.0"

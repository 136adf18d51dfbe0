"""A library: many songs with their moods, in a journal that a stopped scan goes on from."""

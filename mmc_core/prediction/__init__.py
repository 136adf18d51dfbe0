"""A song to its mood."""

"""One dataset: its table and summaries, effects, single clips, and what they say."""

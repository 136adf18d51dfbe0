"""Trainings and comparisons in processes of their own, begun from a page."""

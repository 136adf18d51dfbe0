"""The views of the Distributions page."""

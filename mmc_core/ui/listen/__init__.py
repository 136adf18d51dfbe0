"""The views of the Listen page."""

"""Studies that make the project's published numbers, for those who have the datasets' audio."""

"""The views of the page of your own data."""

"""Tables and summaries to Plotly figures; each with the data it shows, for saving."""

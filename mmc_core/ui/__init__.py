"""The only code that knows Streamlit beside the pages: cached loaders and shared widgets."""

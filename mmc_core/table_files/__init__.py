"""CSV and Parquet files of people, which are not trusted: read in a process with limits."""

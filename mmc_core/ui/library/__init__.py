"""The page Library: the songs that were scanned on this machine."""

"""A class that listens and votes: sessions in memory, and how far the voters agree."""

"""A class votes: the teacher's and the voters' views."""

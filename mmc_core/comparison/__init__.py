"""Several datasets: which is easier, what shifts, what carries over."""

"""What is printed: reports, figures on paper, the documentation's tables."""

"""The page on single clips: doubtful labels, kinds of music, two systems."""

"""Single clips: doubtful labels, where systems differ, and kinds of music on which one fails."""

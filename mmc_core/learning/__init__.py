"""What can learn: recipes, inputs, splits, scores, classifiers and networks."""

"""Neural networks. With `train.py`, the only code that imports TensorFlow."""

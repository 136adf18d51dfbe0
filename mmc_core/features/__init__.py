"""From sound to numbers: spectra, the scalars made of them, and what each is called."""

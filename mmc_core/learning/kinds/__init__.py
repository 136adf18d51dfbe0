"""The kinds of model: one module each, listed in `mmc_core.learning.recipes.KINDS`."""

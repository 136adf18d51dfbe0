"""Parts that other programs load; `mmc_core` itself needs none of them."""

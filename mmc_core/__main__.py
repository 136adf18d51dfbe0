"""`python -m mmc_core`."""

from mmc_core.cli import main

main()

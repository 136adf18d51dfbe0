"""`python -m mmc_core`."""

from mmc_core.cli.main import main

main()

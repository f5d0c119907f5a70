"""Runs the command line: `python -m favae_demo`."""

import sys

from favae_demo.cli.main import run

sys.exit(run())

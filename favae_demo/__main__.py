"""`python -m favae_demo`."""

import sys

from favae_demo.cli import main

sys.exit(main())

"""`python -m favae_demo.ui` opens the page."""

import sys

from favae_demo.ui.start import main

sys.exit(main())

"""Starts the page from a checkout, as Hugging Face Spaces do; `favae-demo` does the same where the package is installed."""

import sys

from favae_demo.ui.start import main

if __name__ == "__main__":
    sys.exit(main())

"""Starts the page from a checkout, as Hugging Face Spaces do; `favae-demo` does the same where the package is installed."""

from favae_demo.ui.start import open_page

if __name__ == "__main__":
    open_page()

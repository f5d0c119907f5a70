"""`python -m favae_demo.ui` opens the page."""

from favae_demo.ui.start import open_page

open_page()

"""All wording of the app: one file a tab, and values in words."""

from favae_demo.ui.text.compare import *  # noqa: F403
from favae_demo.ui.text.data import *  # noqa: F403
from favae_demo.ui.text.page import *  # noqa: F403
from favae_demo.ui.text.train import *  # noqa: F403
from favae_demo.ui.text.words import *  # noqa: F403

"""Messages for requests that are rejected before they reach the page."""

FOREIGN = "This request comes from another web page and is refused."
OTHER_HOST = (
    "This server is not known by this name. Who runs it can add the name to FAVAE_HOSTS; "
    "on the same computer, open http://127.0.0.1 with the port of this address."
)
SIGN_IN = "Please sign in."
UNUSED = "There is nothing here."
NO_FILE = "This file is not served."
NO_LENGTH = "The size of an upload must be known before it begins."
YOUR_TURNS = "{count} of your calls are waiting already; try again in about {seconds} s."
NO_SHARE = "You have uploaded as much as one visitor may at a time. Try again in about {minutes} min, or with fewer pictures."
NO_ROOM = (
    "There is not enough room on this server for what you upload. Try again later, or with fewer pictures."
)

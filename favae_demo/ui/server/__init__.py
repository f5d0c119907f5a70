"""The web server around the page: who may reach what, for how long files stay, how it stops."""

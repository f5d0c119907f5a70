"""How fast and how large it is on this machine: each part measured in a process of its own."""

"""One package a tab: `tab.py` builds and wires it, `view.py` makes the values of its components."""

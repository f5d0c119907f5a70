"""Pure drawing: heat maps, overlays, charts."""

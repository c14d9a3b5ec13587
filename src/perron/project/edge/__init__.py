"""The edge: finished public responses, kept in memory and repeated. `layer.py` is the way in."""

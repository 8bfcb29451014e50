"""Files of rows: read in batches, judged, and written with columns of ours.

Each format is a module of its own: a source that yields batches, and a sink that takes
those of any format.
"""

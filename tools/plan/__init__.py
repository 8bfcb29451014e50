"""What `tools/numbering_plan.py` is made of: patterns, metadata, automata, layout."""

"""The tools that make committed files."""

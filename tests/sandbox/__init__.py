"""Tests of smspoh.sandbox."""

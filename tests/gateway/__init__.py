"""Tests of smspoh.gateway."""

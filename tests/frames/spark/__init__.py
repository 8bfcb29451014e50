"""Columns of Spark, on a cluster of processes of this machine: `make test-spark`."""

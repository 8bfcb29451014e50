"""What reaches the handset, for each call that sends, when the line to the gateway fails.

`python -m bench.sdk_faults` puts clients of SMS gateways, ours and others', before the same
faults on this machine, and writes the record that docs/faults.md is made from.
"""

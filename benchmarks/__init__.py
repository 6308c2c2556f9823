"""What the switch is claimed to do, measured: `python -m benchmarks [name…]`. Results are in results/."""

"""`python -m benchmarks [name…]`."""

from benchmarks.running import main

raise SystemExit(main())

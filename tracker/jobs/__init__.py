"""Long work: a worker thread that leases job rows, at least once, kill -9 safe."""

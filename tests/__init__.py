"""The same tree as tracker/, plus architecture, migrations, samples, browser and benchmarks."""

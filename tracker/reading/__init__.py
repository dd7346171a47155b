"""Note text to facts, each with its place in the text: minutes, services, people. Words and small grammars only."""

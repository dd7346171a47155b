"""Words and arithmetic of the trade: frozen facts and pure functions, standard library only."""

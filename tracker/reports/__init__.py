"""Read-only questions: lists, figures, trends."""

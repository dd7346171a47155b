"""Letters to payers: from facts to a draft with named gaps, to a PDF, to a packet with its exhibits."""

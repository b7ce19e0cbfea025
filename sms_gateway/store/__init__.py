"""Storage: tables, the two transactions, sealing, and a file of queries per subject."""

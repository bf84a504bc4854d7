"""花名册: the members of a committee as a table; read, checked, loaded, and written out again in the same columns."""

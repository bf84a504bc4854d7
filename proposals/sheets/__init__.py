"""提案表: proposals of earlier years as a table; read, checked, and written out again in the same columns."""

"""网格表: grids and postings as tables; read, checked, loaded, and written out again in the same columns."""

"""委员在身边 as a drawing: `layout` only computes (weights in, rectangles out), `drawing` says what the map shows."""

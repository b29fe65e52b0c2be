"""What the explorer shows: an index over a store, and the views that pages are made of."""

"""Rules over the history: which incidents are open, and what people must be told of them."""

"""The stateful Hypothesis machine: random calls, checked by the model."""

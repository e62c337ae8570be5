"""The stateful Hypothesis machine: random calls, judged by the model."""

"""Mutation testing: small faults put into the code, each tried with the tests that run it.

    python -m scripts.mutate [--paths PATH ...] [--sample N] [--seed TEXT]

A mutation that no test notices points at a hole in the tests. `make mutate` runs this.
"""

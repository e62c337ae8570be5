"""pixelpact: the contract of API2Convert's text-to-image conversion, and what can be made from it.

The parts are `pixelpact.schema`, `pixelpact.strategies`, `pixelpact.mockserver` and
`pixelpact.contract_tests`; import from them. This module stays empty so that the pytest plugin costs
nothing to load.
"""

__version__ = "0.1.0"

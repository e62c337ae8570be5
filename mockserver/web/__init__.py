"""HTTP without the API's business: requests, responses, routing, bodies, authentication."""

"""An API under test over HTTP, and the evidence that its answers leave."""

"""One small file a gateway: each translates the gateway's forms into our values, and back."""

"""Partners to practise and test with: small servers of our own, over TLS on this computer."""

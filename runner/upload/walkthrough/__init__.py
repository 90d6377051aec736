"""The protocol of one walkthrough: intent, create, its recordings, finish; in this order."""

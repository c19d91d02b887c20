"""One module a peer, each in its own idiom: duties, compiled once → verdicts on records."""

"""The benchmark: what an update costs Duider and its peers, measured in one run (`make bench`)."""

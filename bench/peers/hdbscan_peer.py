#!/usr/bin/env python3
"""The program hdbscan on points in a file: hdbscan_peer.py FILE ROWS COLUMNS SIZE [REPETITIONS]

FILE holds float32 rows. Prints lines "name value": "seconds" (the fastest repetition: unit rows,
the matrix of cosine distances, clustering it), "weights" (the sum of the spanning tree's), "clusters",
"version". Needs: pip install hdbscan. Exit code 3 if that is missing.
"""

import importlib.metadata
import sys
import time
import warnings

try:
    import hdbscan
    import numpy
except ImportError:
    sys.exit(3)

warnings.simplefilter("ignore")
rows, columns, size = (int(a) for a in sys.argv[2:5])
points = numpy.fromfile(sys.argv[1], numpy.float32).reshape(rows, columns)
best = None
for _ in range(int(sys.argv[5]) if len(sys.argv) > 5 else 1):
    start = time.perf_counter()
    unit = points / numpy.linalg.norm(points, axis=1, keepdims=True)
    distances = (1 - numpy.clip(unit @ unit.T, -1, 1)).astype(numpy.float64)
    numpy.fill_diagonal(distances, 0)
    found = hdbscan.HDBSCAN(metric="precomputed", min_cluster_size=size).fit(distances)
    seconds = time.perf_counter() - start
    best = seconds if best is None else min(best, seconds)
print("version", importlib.metadata.version("hdbscan"))
print("seconds", best)
print("weights", float(found.single_linkage_tree_.to_numpy()[:, 2].sum()))
print("clusters", int(found.labels_.max()) + 1)

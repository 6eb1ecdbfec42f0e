#!/usr/bin/env python3
"""scikit-learn's clusterings of points in a file, and how long they take:
scikit_clusters.py FILE ROWS COLUMNS LABELS THREADS REPETITIONS dbscan METRIC EPS MIN_SAMPLES
                                                              | average METRIC CLUSTERS
                                                              | complete METRIC CLUSTERS

FILE holds float32 rows; int32 labels are written to LABELS. Prints lines "name value": "seconds" (the
fastest repetition), "version". Needs: pip install scikit-learn. Exit code 3 if that is missing.
"""

import os
import sys
import time

file, rows, columns, labels, threads, repetitions, method, metric = sys.argv[1:9]
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = threads
try:
    import numpy
    import sklearn
    from sklearn.cluster import DBSCAN, AgglomerativeClustering
except ImportError:
    sys.exit(3)

points = numpy.fromfile(file, numpy.float32).reshape(int(rows), int(columns))
best = None
for _ in range(int(repetitions)):
    start = time.perf_counter()
    if method == "dbscan":
        found = DBSCAN(eps=float(sys.argv[9]), min_samples=int(sys.argv[10]), metric=metric,
                       algorithm="brute", n_jobs=int(threads)).fit(points)
    else:
        found = AgglomerativeClustering(n_clusters=int(sys.argv[9]), metric=metric,
                                        linkage=method).fit(points)
    seconds = time.perf_counter() - start
    best = seconds if best is None else min(best, seconds)
found.labels_.astype(numpy.int32).tofile(labels)
print("version", sklearn.__version__)
print("seconds", best)

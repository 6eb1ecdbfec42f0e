// Clustering of embeddings: one header for each method.
#pragma once

#include <kernels/hdbscan.hpp>
#include <kernels/single_linkage.hpp>

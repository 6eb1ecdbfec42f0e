// Clustering of embeddings: one header for each method.
#pragma once

#include <kernels/dbscan.hpp>
#include <kernels/hdbscan.hpp>
#include <kernels/linkage.hpp>
#include <kernels/single_linkage.hpp>
#include <kernels/whispers.hpp>

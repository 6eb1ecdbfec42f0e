// What is compared between two embeddings.
#pragma once
#include <kernels/core/version.hpp>
namespace kernels::inline KERNELS_ABI {
/// cosine: similarity of directions; inner_product: plain dot; euclidean: distance.
enum class metric { cosine, inner_product, euclidean };
}  // namespace kernels::inline KERNELS_ABI

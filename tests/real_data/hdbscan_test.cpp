// HDBSCAN of CLIP embeddings, which lie in a narrow cone and have near-duplicates: the spanning
// tree of all pairs, permuted rows, the clusters there are.
#include "../hdbscan_reference.hpp"
#include "data.hpp"

#include <kernels/cluster.hpp>

#include <doctest/doctest.h>

#include <fstream>
#include <map>
#include <random>

namespace {

using kernels::half;
using kernels::on_cpu;

/// The 512-d rows of a .npy file of little-endian float16 in C order.
std::vector<half> read_rows(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  char start[10];
  file.read(start, 10);
  const auto header = static_cast<unsigned char>(start[8]) +
                      (static_cast<unsigned>(static_cast<unsigned char>(start[9])) << 8);
  std::string text(header, ' ');
  file.read(text.data(), static_cast<std::streamsize>(header));
  REQUIRE(text.find("'<f2'") != std::string::npos);
  std::vector<half> values;
  for (std::uint16_t bits = 0; file.read(reinterpret_cast<char*>(&bits), 2);) {
    values.push_back(half{bits});
  }
  return values;
}

kernels::hdbscan_result clusters(const std::vector<half>& values, int threads) {
  const auto n = static_cast<std::int64_t>(values.size()) / 512;
  return kernels::hdbscan(on_cpu{threads}, kernels::packed(values.data(), {n, 512}),
                          {.min_cluster_size = 3, .min_samples = 2});
}

}  // namespace

TEST_CASE(
    "hdbscan: the spanning tree of embeddings is that of all pairs, and does not depend on order") {
  for (const char* name : {"coco", "oid", "lvis_v1"}) {
    CAPTURE(name);
    const auto values =
        read_rows(real_data::folder() / "embeddings" / (std::string(name) + "_clip_a+cname.npy"));
    const auto n = values.size() / 512;
    REQUIRE(n >= 80);
    std::vector<float> wide;
    for (const half h : values) wide.push_back(kernels::math::to_float32(h));
    const auto found = clusters(values, 1);
    const auto all = hdbscan_reference::all_pairs(
        kernels::packed(std::as_const(wide).data(), {static_cast<std::int64_t>(n), 512}), true, 2);
    const auto tree = hdbscan_reference::prim(all, 1);
    bool same = tree.size() == found.spanning_tree.size();
    for (std::size_t k = 0; same && k < tree.size(); ++k) {
      const auto& e = found.spanning_tree[k];
      same = tree[k] == hdbscan_reference::edge_order{e.weight, e.distance, e.a, e.b};
    }
    CHECK(same);
    CHECK(found.clusters() >= 2);

    std::vector<std::size_t> order(n);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::mt19937 random(3);
    std::shuffle(order.begin(), order.end(), random);
    std::vector<half> moved;
    for (const auto i : order) {
      moved.insert(moved.end(), values.begin() + static_cast<std::ptrdiff_t>(i * 512),
                   values.begin() + static_cast<std::ptrdiff_t>((i + 1) * 512));
    }
    const auto again = clusters(moved, 2);
    std::map<std::int32_t, std::int32_t> names{{-1, -1}};
    int other = 0;
    for (std::size_t k = 0; k < n; ++k) {
      const std::int32_t here = again.labels[k], there = found.labels[order[k]];
      other += names.emplace(here, there).first->second == there ? 0 : 1;
    }
    CHECK(again.clusters() == found.clusters());
    CHECK(other == 0);
  }
}

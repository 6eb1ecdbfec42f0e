// DBSCAN, components, linkage and whispers of CLIP embeddings, which lie in a narrow cone and have
// near-duplicates, beside plain references in double.
#include "../groups_cases.hpp"
#include "data.hpp"

#include <kernels/dbscan.hpp>
#include <kernels/linkage.hpp>
#include <kernels/whispers.hpp>

#include <doctest/doctest.h>

#include <fstream>
#include <string>

namespace {

using groups_cases::distances;
using groups_cases::labels;
using groups_cases::points;
using kernels::metric;
using kernels::on_cpu;

/// The 512-d rows of a .npy file of little-endian float16 in C order.
points read_rows(const std::string& name) {
  std::ifstream file(real_data::folder() / "embeddings" / (name + "_clip_a+cname.npy"),
                     std::ios::binary);
  char start[10];
  file.read(start, 10);
  const auto header = static_cast<unsigned char>(start[8]) +
                      (static_cast<unsigned>(static_cast<unsigned char>(start[9])) << 8);
  std::string text(header, ' ');
  file.read(text.data(), static_cast<std::streamsize>(header));
  REQUIRE(text.find("'<f2'") != std::string::npos);
  points p{0, 512, {}};
  for (std::uint16_t bits = 0; file.read(reinterpret_cast<char*>(&bits), 2);) {
    p.values.push_back(kernels::math::to_float32(kernels::half{bits}));
  }
  p.count = static_cast<std::int64_t>(p.values.size()) / 512;
  return p;
}

}  // namespace

TEST_CASE("dbscan: clusters of embeddings are the textbook's") {
  for (const char* name : {"coco", "oid", "lvis_v1"}) {
    CAPTURE(name);
    const points p = read_rows(name);
    REQUIRE(p.count >= 80);
    const distances d(p, metric::cosine);
    std::int32_t most = 0;
    for (const double near : {0.12, 0.18, 0.25}) {
      const float eps = d.in_a_gap(near);
      for (const std::int64_t samples : {1, 2, 4, 8}) {
        std::vector<std::uint8_t> core;
        const labels expected = groups_cases::plain_dbscan(d, eps, samples, core);
        bool same = true;
        for (const int threads : {1, 2, 7}) {
          const auto found =
              kernels::dbscan(on_cpu{threads}, p.rows(), {.eps = eps, .min_samples = samples});
          same = same && found.labels == expected && found.core == core;
          most = std::max(most, found.clusters);
        }
        if (samples == 1) {
          const auto parts = kernels::threshold_components(on_cpu{2}, p.rows(), {1 - eps});
          same = same && parts.labels == expected;
        }
        CHECK(same);
      }
    }
    CHECK(most >= 3);
  }
}

TEST_CASE("linkage: every merge of embeddings is at the distance that defines it") {
  const points p = read_rows("oid");
  const distances d(p, metric::cosine);
  for (const auto method : {kernels::linkage_method::average, kernels::linkage_method::complete}) {
    const auto tree = kernels::linkage(on_cpu{2}, p.rows(), {.method = method});
    std::vector<std::vector<std::int64_t>> members;
    for (std::int64_t i = 0; i < p.count; ++i) members.push_back({i});
    double off = 0;
    for (const auto& m : tree.merges) {
      auto both = members[static_cast<std::size_t>(m.left)];
      const auto& more = members[static_cast<std::size_t>(m.right)];
      double sum = 0, most = 0;
      for (const auto i : both) {
        for (const auto j : more) {
          sum += d.at(i, j);
          most = std::max(most, d.at(i, j));
        }
      }
      const double expected = method == kernels::linkage_method::complete
                                  ? most
                                  : sum / static_cast<double>(both.size() * more.size());
      off = std::max(off, std::abs(expected - m.distance));
      both.insert(both.end(), more.begin(), more.end());
      members.push_back(both);
    }
    CHECK(off < 1e-6);
    CHECK(members.back().size() == static_cast<std::size_t>(p.count));
  }
}

TEST_CASE("whispers: groups of embeddings lie within components") {
  const points p = read_rows("lvis_v1");
  const auto parts = kernels::threshold_components(on_cpu{2}, p.rows(), {.threshold = 0.85F});
  const auto found = kernels::whispers(on_cpu{2}, p.rows(), {.threshold = 0.85F});
  CHECK((parts.clusters > 100 && found.clusters >= parts.clusters && found.clusters < p.count));
  std::vector<std::int32_t> part(static_cast<std::size_t>(found.clusters), -1);
  bool inside = true;
  for (std::size_t k = 0; k < found.labels.size(); ++k) {
    auto& of = part[static_cast<std::size_t>(found.labels[k])];
    if (of < 0) of = parts.labels[k];
    inside = inside && of == parts.labels[k];
  }
  CHECK(inside);
}

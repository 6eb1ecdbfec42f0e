// The trackers against the original programs' outputs (computed on these detections; not part of
// the project): the same boxes to 0.02 pixel, the same identities up to one renaming, no row more
// and no row less; also with each frame's detections in another order. And each association against
// another exact solver.
#include "../tracker_cases.hpp"
#include "data.hpp"

#include <doctest/doctest.h>

#include <limits>

namespace {

using tracker_cases::row;
using frames = std::vector<std::vector<kernels::detection>>;

const std::vector<std::string> kMot15 = {"ADL-Rundle-6", "ETH-Bahnhof", "KITTI-17",
                                         "PETS09-S2L1",  "TUD-Campus",  "TUD-Stadtmitte"};

frames detections(const std::string& name) {
  return tracker_cases::detections_of(
      tracker_cases::read_rows(real_data::folder() / "mot/detections" / (name + ".txt")));
}
std::vector<row> tracks(const std::string& name) {
  return tracker_cases::read_rows(real_data::folder() / "mot/tracks" / (name + ".txt"));
}

template <class Tracker, class Context>
void equals(const std::string& sequence, const std::string& original,
            const typename Tracker::options& options, const Context& context) {
  const std::vector<row> wanted = tracks(original);
  CAPTURE(original);
  REQUIRE(!wanted.empty());
  frames given = detections(sequence);
  for (const unsigned seed : {0U, 1U, 2U}) {
    if (seed != 0) tracker_cases::shuffle(given, seed);
    Tracker tracker(options);
    const std::vector<row> rows = tracker_cases::run(tracker, given, context);
    CHECK(rows.size() == wanted.size());
    CHECK(tracker_cases::differing_rows(rows, wanted, 0.02) == 0);
  }
}
template <class Tracker>
void equals(const std::string& sequence, const std::string& original,
            const typename Tracker::options& options) {
  equals<Tracker>(sequence, original, options,
                  [](std::size_t) { return kernels::frame_context{}; });
}

std::vector<kernels::camera_motion> warps(const std::string& name) {
  std::ifstream in(real_data::folder() / "mot/warps" / (name + ".txt"));
  std::vector<kernels::camera_motion> all;
  for (std::string line; std::getline(in, line);) {
    double n[7] = {};
    char* at = line.data();
    for (double& number : n) number = std::strtod(at, &at);
    all.push_back({n[1], n[2], n[3], n[4], n[5], n[6]});
  }
  return all;
}

/// The least sum over all matchings, of costs of which none is above 0: the Hungarian method as in
/// textbooks, on a square matrix.
double least_total(const std::vector<double>& cost, std::size_t rows, std::size_t columns) {
  const std::size_t n = std::max(rows, columns);
  const auto at = [&](std::size_t i, std::size_t j) {
    return i <= rows && j <= columns ? cost[(i - 1) * columns + j - 1] : 0.0;
  };
  std::vector<double> u(n + 1), v(n + 1);
  std::vector<std::size_t> row_of(n + 1), way(n + 1);
  for (std::size_t i = 1; i <= n; ++i) {
    row_of[0] = i;
    std::size_t column = 0;
    std::vector<double> least(n + 1, std::numeric_limits<double>::infinity());
    std::vector<bool> used(n + 1);
    do {
      used[column] = true;
      const std::size_t row = row_of[column];
      double delta = std::numeric_limits<double>::infinity();
      std::size_t next = 0;
      for (std::size_t j = 1; j <= n; ++j) {
        if (used[j]) continue;
        const double reduced = at(row, j) - u[row] - v[j];
        if (reduced < least[j]) {
          least[j] = reduced;
          way[j] = column;
        }
        if (least[j] < delta) {
          delta = least[j];
          next = j;
        }
      }
      for (std::size_t j = 0; j <= n; ++j) {
        if (used[j]) {
          u[row_of[j]] += delta;
          v[j] -= delta;
        } else {
          least[j] -= delta;
        }
      }
      column = next;
    } while (row_of[column] != 0);
    for (; column != 0; column = way[column]) row_of[column] = row_of[way[column]];
  }
  double total = 0;
  for (std::size_t j = 1; j <= n; ++j) total += at(row_of[j], j);
  return total;
}

/// Associations of a tracker's run over these frames whose matching costs more than the least.
template <class Tracker>
int dear_associations(const frames& given, int& associations) {
  using namespace kernels::tracking;
  typename Tracker::machine machine(rules_of(typename Tracker::options{}));
  filter_bank<typename Tracker::model> filters;
  associator solver;
  work w;
  int dear = 0;
  for (const auto& frame : given) {
    machine.begin(frame, {}, w);
    filters.predict(w);
    for (int stage = 0; stage < machine.kStages; ++stage) {
      association& a = w.stage;
      machine.pose(stage, a);
      if (!a.row_slots.empty()) filters.boxes(a.row_slots, a.row_boxes);
      solver.solve(a, machine.detections());
      const bool fused = a.rules.price == kernels::math::pair_price::fused_distance;
      std::vector<double> cost;  // relative to no match
      double total = 0;
      for (std::size_t i = 0; i < a.rows.size(); ++i) {
        for (std::size_t j = 0; j < a.columns.size(); ++j) {
          const auto d = static_cast<std::size_t>(a.columns[j]);
          const double iou =
              kernels::math::iou(a.row_boxes[i], machine.detections().boxes[d], a.rules.convention);
          const double price = 1 - iou * (fused ? machine.detections().scores[d] : 1.0);
          cost.push_back(iou > 0 ? std::min(price - a.rules.limit, 0.0) : 0.0);
          if (a.match[i] == static_cast<int>(j)) total += price - a.rules.limit;
        }
      }
      dear += std::abs(total - least_total(cost, a.rows.size(), a.columns.size())) < 1e-9 ? 0 : 1;
      associations += cost.empty() ? 0 : 1;
      machine.consume(stage, a);
    }
    machine.settle(w);
    filters.settle(w, machine.slots());
    filters.boxes(w.wanted, w.boxes);
    machine.finish(w);
  }
  return dear;
}

}  // namespace

TEST_CASE("byte_tracker, mcbyte_tracker: no matching costs more than another exact solver's") {
  int associations = 0;
  for (const auto& name : kMot15) {
    CHECK(dear_associations<kernels::byte_tracker>(detections(name), associations) == 0);
    CHECK(dear_associations<kernels::mcbyte_tracker>(detections(name), associations) == 0);
  }
  CHECK(associations > 5000);
}

TEST_CASE("sort_tracker: equals the original") {
  for (const auto& name : kMot15) equals<kernels::sort_tracker>(name, "sort/" + name, {});
}

TEST_CASE("byte_tracker: equals the original") {
  for (const auto& name : kMot15) equals<kernels::byte_tracker>(name, "bytetrack/" + name, {});
  const kernels::byte_tracker::options palace{.track_threshold = 0.5, .match_threshold = 0.8};
  equals<kernels::byte_tracker>("palace", "bytetrack/palace", palace);
  auto without_scores = palace;
  without_scores.fuse_scores = false;
  equals<kernels::byte_tracker>("palace", "bytetrack/palace-no-score-fusion", without_scores);
  equals<kernels::byte_tracker>("MOT20-01", "bytetrack/MOT20-01",
                                {.fuse_scores = false, .fps = 25});
}

TEST_CASE("oc_sort_tracker: equals the original") {
  for (const auto& name : kMot15) equals<kernels::oc_sort_tracker>(name, "ocsort/" + name, {});
}

TEST_CASE("mcbyte_tracker: equals the original without masks") {
  for (const auto& name : kMot15) equals<kernels::mcbyte_tracker>(name, "mcbyte/" + name, {});
  equals<kernels::mcbyte_tracker>("palace", "mcbyte/palace", {.track_threshold = 0.5});
}

TEST_CASE("bot_sort_tracker: equals the original with its camera warps") {
  const auto motion = warps("MOT20-01");
  REQUIRE(motion.size() > 400);
  equals<kernels::bot_sort_tracker>(
      "MOT20-01", "botsort/MOT20-01", {.fuse_scores = false, .fps = 25}, [&](std::size_t f) {
        return kernels::frame_context{.warp = f < motion.size() ? &motion[f] : nullptr};
      });
}

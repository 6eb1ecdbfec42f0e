// What tests of trackers share: detections and tracks as plain rows, files of them, and the
// comparison up to one renaming of the identities.
#pragma once

#include <kernels/tracker.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <sstream>
#include <string>
#include <vector>

namespace tracker_cases {

using kernels::detection;

/// One row of a MOT file: frames from 1.
struct row {
  int frame = 0;
  std::int64_t id = 0;
  double left = 0, top = 0, width = 0, height = 0, score = 0;
};

/// Numbers are read by strtod: the nearest doubles.
inline std::vector<row> read_rows(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::vector<row> rows;
  for (std::string line; std::getline(in, line);) {
    std::vector<double> numbers;
    const char* at = line.c_str();
    for (char* end = nullptr;; at = end + 1) {
      numbers.push_back(std::strtod(at, &end));
      if (end == at || *end != ',') break;
    }
    if (numbers.size() < 7) continue;
    rows.push_back({static_cast<int>(numbers[0]), static_cast<std::int64_t>(numbers[1]), numbers[2],
                    numbers[3], numbers[4], numbers[5], numbers[6]});
  }
  return rows;
}

/// frames[f − 1]: detections of frame f, from 1 to the last.
inline std::vector<std::vector<detection>> detections_of(const std::vector<row>& rows) {
  std::vector<std::vector<detection>> frames;
  for (const row& r : rows) {
    if (static_cast<int>(frames.size()) < r.frame) frames.resize(static_cast<std::size_t>(r.frame));
    frames[static_cast<std::size_t>(r.frame - 1)].push_back(
        {{r.left, r.top, r.left + r.width, r.top + r.height}, r.score, 0});
  }
  return frames;
}

/// A tracker's answers as rows.
inline void append(std::vector<row>& rows, int frame, const kernels::track_update& update) {
  for (const auto& t : update.tracks) {
    rows.push_back({frame, t.id, t.box.left, t.box.top, t.box.right - t.box.left,
                    t.box.bottom - t.box.top, t.score});
  }
}

template <class Tracker, class Context>
std::vector<row> run(Tracker& tracker, const std::vector<std::vector<detection>>& frames,
                     const Context& context) {
  std::vector<row> rows;
  for (std::size_t f = 0; f < frames.size(); ++f) {
    append(rows, static_cast<int>(f) + 1, tracker.update(frames[f], context(f)));
  }
  return rows;
}
template <class Tracker>
std::vector<row> run(Tracker& tracker, const std::vector<std::vector<detection>>& frames) {
  return run(tracker, frames, [](std::size_t) { return kernels::frame_context{}; });
}

/// Every frame's detections in another order.
inline void shuffle(std::vector<std::vector<detection>>& frames, unsigned seed) {
  std::mt19937 random(seed);
  for (auto& frame : frames) std::shuffle(frame.begin(), frame.end(), random);
}

/// Rows of one that have no partner in the other: boxes within `tolerance` pixels, frame by frame,
/// and identities up to one renaming.
inline int differing_rows(const std::vector<row>& given, const std::vector<row>& wanted,
                          double tolerance) {
  std::map<int, std::vector<const row*>> left;
  for (const row& r : wanted) left[r.frame].push_back(&r);
  std::map<std::int64_t, std::int64_t> renamed, back;
  int differing = 0;
  for (const row& g : given) {
    auto& candidates = left[g.frame];
    const auto near = [&](const row* w) {
      return std::abs(w->left - g.left) <= tolerance && std::abs(w->top - g.top) <= tolerance &&
             std::abs(w->width - g.width) <= tolerance &&
             std::abs(w->height - g.height) <= tolerance;
    };
    const auto known = renamed.find(g.id);
    auto best = std::find_if(candidates.begin(), candidates.end(), [&](const row* w) {
      return near(w) && (known == renamed.end() ? back.count(w->id) == 0 : known->second == w->id);
    });
    if (best == candidates.end()) {
      ++differing;
      continue;
    }
    renamed[g.id] = (*best)->id;
    back[(*best)->id] = g.id;
    candidates.erase(best);
  }
  for (const auto& [frame, rest] : left) differing += static_cast<int>(rest.size());
  return differing;
}

}  // namespace tracker_cases

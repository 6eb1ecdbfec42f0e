// interpolate_tracks on the CPU: tracks with gaps, beside a map of frames and ids that is filled
// and written out. One thread.
#include "harness.hpp"

#include <kernels/interpolate_tracks.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>

namespace {

using kernels::track_box;
using rows = std::vector<track_box>;

constexpr std::int64_t kMost = 20;

/// Tracks that are seen in `seen` of ten frames, in order of frames.
rows tracks(std::int64_t ids, std::int64_t frames, unsigned seen) {
  std::mt19937 random(3);
  rows all;
  for (std::int64_t f = 1; f <= frames; ++f) {
    for (std::int64_t id = 1; id <= ids; ++id) {
      if (random() % 10 >= seen) continue;
      const double x = static_cast<double>(random() % 16000) / 16;
      all.push_back({f, id, {x, x / 2, x + 40, x / 2 + 80}, 0.75, 0, 0});
    }
  }
  return all;
}

/// As one would write it: rows by id and frame, the gaps of each, rows by frame and id.
rows plain_interpolation(const rows& given) {
  std::map<std::int64_t, std::map<std::int64_t, track_box>> by_id;
  for (const auto& r : given) by_id[r.id][r.frame] = r;
  std::map<std::pair<std::int64_t, std::int64_t>, track_box> filled;
  for (const auto& [id, of_id] : by_id) {
    const track_box* before = nullptr;
    for (const auto& [frame, row] : of_id) {
      filled[{frame, id}] = row;
      if (before != nullptr && frame - before->frame - 1 <= kMost) {
        for (auto f = before->frame + 1; f < frame; ++f) {
          const double t =
              static_cast<double>(f - before->frame) / static_cast<double>(frame - before->frame);
          const auto mix = [&](double a, double b) { return a + (b - a) * t; };
          track_box r = *before;
          r.frame = f;
          r.detection = -1;
          r.box = {mix(r.box.left, row.box.left), mix(r.box.top, row.box.top),
                   mix(r.box.right, row.box.right), mix(r.box.bottom, row.box.bottom)};
          r.score = mix(r.score, row.score);
          filled[{f, id}] = r;
        }
      }
      before = &row;
    }
  }
  rows all;
  all.reserve(filled.size());
  for (const auto& entry : filled) all.push_back(entry.second);
  return all;
}

bool alike(const rows& a, const rows& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.frame == y.frame && x.id == y.id && x.detection == y.detection &&
           std::abs(x.box.left - y.box.left) < 1e-9 && std::abs(x.box.bottom - y.box.bottom) < 1e-9;
  });
}

struct problem {
  std::string name;
  rows given;
  std::size_t rows_out = 0;
};

}  // namespace

int main(int argc, char** argv) {
  const bench::options chosen = bench::parse(argc, argv);
  bench::machine_facts facts;
  facts.add("command", chosen.command);

  problem problems[] = {{"20 tracks, 1000 frames, seen in 9 of 10", tracks(20, 1000, 9)},
                        {"200 tracks, 5000 frames, seen in 9 of 10", tracks(200, 5000, 9)},
                        {"200 tracks, 5000 frames, seen in 2 of 10", tracks(200, 5000, 2)}};
  const auto run = [](const rows& given) {
    return kernels::interpolate_tracks(kernels::on_cpu(), given, {.most = kMost});
  };
  for (problem& p : problems) {
    const rows filled = run(p.given);
    p.rows_out = filled.size();
    if (!alike(filled, plain_interpolation(p.given))) {
      std::fprintf(stderr, "bench_interpolate_tracks: %s: not the plain rows\n", p.name.c_str());
      return EXIT_FAILURE;
    }
    bench::add(p.name, [&] { benchmark::DoNotOptimize(run(p.given).size()); });
    bench::add(p.name + "plain",
               [&] { benchmark::DoNotOptimize(plain_interpolation(p.given).size()); });
    // nothing that gives out rows in order can do with less than this
    bench::add(p.name + "sort", [&p] {
      rows sorted = p.given;
      std::sort(sorted.begin(), sorted.end(), [](const track_box& a, const track_box& b) {
        return a.id != b.id ? a.id < b.id : a.frame < b.frame;
      });
      benchmark::DoNotOptimize(sorted.data());
    });
  }

  const auto measured = bench::run(chosen, chosen.quick ? 3 : 7, chosen.quick ? 0.02 : 0.1);
  bench::table table({"interpolate_tracks, gaps up to 20, one thread", "rows in", "rows out", "ms",
                      "lowest", "spread", "ns a row out", "one sort of the rows in, ms",
                      "maps / this"});
  for (const problem& p : problems) {
    const auto& t = measured.at(p.name);
    table.add({p.name, std::to_string(p.given.size()), std::to_string(p.rows_out),
               bench::fixed(1e3 * t.median, 3), bench::fixed(1e3 * t.lowest, 3), bench::spread(t),
               bench::fixed(1e9 * t.median / static_cast<double>(p.rows_out), 1),
               bench::fixed(1e3 * measured.at(p.name + "sort").median, 3),
               bench::times(measured.at(p.name + "plain").median / t.median)});
  }
  return bench::finish(chosen, measured, facts.text() + "\n" + table.text());
}

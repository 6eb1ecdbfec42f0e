// mot_metrics beside TrackEval: HOTA, CLEAR and identity of sequences of the sizes of MOT17 and
// MOT20, and of given tracks where there are any (KERNELS_TEST_DATA).
#include "harness.hpp"
#include "peers/trackeval.hpp"

#include <kernels/mot_metrics.hpp>

#include <algorithm>

namespace {

/// People that walk about, and tracks that follow them with noise, gaps, switches and inventions.
/// Boxes are whole hundredths, so that they survive being written as text.
bench::mot_case walkers(const std::string& name, int frames, int people, double width,
                        double height) {
  bench::mot_case c;
  c.name = name;
  c.frames = frames;
  std::mt19937 random(7);
  std::uniform_real_distribution<double> unit(0, 1);
  const auto hundredths = [](double v) { return std::round(v * 64) / 64; };
  struct person {
    std::int64_t id, shown_as;
    double x, y, vx, vy, w;
    int until;
  };
  std::vector<person> all;
  std::int64_t ids = 0, tracks = 0, invented = 1000000;
  for (int f = 1; f <= frames; ++f) {
    std::erase_if(all, [&](const person& p) { return p.until < f; });
    while (static_cast<int>(all.size()) < people) {
      const double w = 30 + 50 * unit(random);
      all.push_back({++ids, ++tracks, width * unit(random), height * unit(random),
                     6 * unit(random) - 3, unit(random) - 0.5, w,
                     f + 30 + static_cast<int>(400 * unit(random))});
    }
    if (unit(random) < 0.05) std::swap(all[0].shown_as, all[all.size() / 2].shown_as);
    for (person& p : all) {
      p.x += p.vx;
      p.y += p.vy;
      const auto row = [&](std::int64_t id, double noise, double score) {
        const double l = hundredths(p.x + noise * (unit(random) - 0.5));
        const double t = hundredths(p.y + noise * (unit(random) - 0.5));
        return kernels::track_box{f,     id, {l, t, l + hundredths(p.w), t + hundredths(2.5 * p.w)},
                                  score, 1,  -1};
      };
      c.truth.push_back(row(p.id, 0, 1));
      if (unit(random) < 0.004) p.shown_as = ++tracks;
      if (unit(random) < 0.85) c.tracks.push_back(row(p.shown_as, 0.3 * p.w, 0.5));
      if (unit(random) < 0.05) c.tracks.push_back(row(++invented, 4 * p.w, 0.5));
    }
  }
  return c;
}

bench::mot_case given(const std::filesystem::path& folder, const std::string& tracker,
                      const std::string& name) {
  bench::mot_case c;
  c.name = name;
  const auto read = [&](const std::filesystem::path& path, std::vector<kernels::track_box>& rows) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
      std::replace(line.begin(), line.end(), ',', ' ');
      std::istringstream numbers(line);
      kernels::track_box r;
      double l = 0, t = 0, w = 0, h = 0;
      if (!(numbers >> r.frame >> r.id >> l >> t >> w >> h >> r.score)) continue;
      r.box = {l, t, l + w, t + h};
      rows.push_back(r);
      c.frames = std::max(c.frames, r.frame);
    }
  };
  read(folder / "ground_truth" / (name + ".txt"), c.truth);
  read(folder / "tracks" / tracker / (name + ".txt"), c.tracks);
  return c;
}

kernels::mot_scores score(const std::vector<bench::mot_case>& sequences) {
  std::vector<kernels::mot_scores> all;
  all.reserve(sequences.size());
  for (const auto& c : sequences) {
    all.push_back(kernels::mot_metrics(kernels::on_cpu(), c.truth, c.tracks));
  }
  return kernels::combined_mot_scores(all);
}

struct row {
  std::string name;
  std::vector<bench::mot_case> sequences;
  bench::trackeval_result peer;
};

}  // namespace

int main(int argc, char** argv) {
  const bench::options chosen = bench::parse(argc, argv);
  bench::machine_facts facts;
  facts.add("command", chosen.command);

  std::vector<row> rows;
  rows.push_back({"5000 frames of 20 people", {walkers("street", 5000, 20, 1920, 1080)}, {}});
  rows.push_back({"500 frames of 150 people", {walkers("crowd", 500, 150, 1920, 1080)}, {}});
  if (const char* data = std::getenv("KERNELS_TEST_DATA"); data != nullptr) {
    const auto folder = std::filesystem::path(data) / "mot";
    for (const std::string tracker : {"sort", "bytetrack", "ocsort"}) {
      if (!std::filesystem::exists(folder / "tracks" / tracker)) continue;
      rows.push_back(
          {"TUD-Campus, TUD-Stadtmitte, tracks of " + tracker,
           {given(folder, tracker, "TUD-Campus"), given(folder, tracker, "TUD-Stadtmitte")},
           {}});
    }
  }

  std::string version;
  for (row& r : rows) {
    std::vector<const bench::mot_case*> sequences;
    for (const auto& c : r.sequences) sequences.push_back(&c);
    r.peer = bench::trackeval::run(sequences, "MOT15", chosen.quick ? 1 : 3);
    if (r.peer.ran) {
      version = r.peer.version;
      const std::string wrong = bench::trackeval::differing(r.peer, score(r.sequences));
      if (!wrong.empty()) {
        std::fprintf(stderr, "mot_metrics: %s: not TrackEval's:%s\n", r.name.c_str(),
                     wrong.c_str());
        return 1;
      }
    }
    benchmark::RegisterBenchmark(r.name.c_str(),
                                 [&r](benchmark::State& state) {
                                   for (auto _ : state) {
                                     benchmark::DoNotOptimize(score(r.sequences).clear.mota);
                                   }
                                 })
        ->UseRealTime()
        ->Unit(benchmark::kMillisecond);
  }
  facts.add("TrackEval", version.empty()
                             ? "not measured: no Python with trackeval (KERNELS_BENCH_PYTHON)"
                             : version + ", all figures equal to 1e-6");

  const auto measured = bench::run(chosen, chosen.quick ? 3 : 11, chosen.quick ? 0.05 : 0.2);
  bench::table table({"HOTA + CLEAR + identity, boxes in memory, one thread", "boxes", "ms",
                      "spread", "µs a frame", "TrackEval, ms", "TrackEval / this", "goal"});
  for (const row& r : rows) {
    const auto& t = measured.at(r.name);
    double frames = 0;
    std::size_t boxes = 0;
    for (const auto& c : r.sequences) {
      frames += static_cast<double>(c.frames);
      boxes += c.truth.size() + c.tracks.size();
    }
    table.add({r.name, std::to_string(boxes), bench::fixed(1e3 * t.median, 2), bench::spread(t),
               bench::fixed(1e6 * t.median / frames, 2),
               r.peer.ran ? bench::fixed(1e3 * r.peer.seconds, 0) : "not measured",
               r.peer.ran ? bench::times(r.peer.seconds / t.median) : "–", "≥ 50×"});
  }
  return bench::finish(chosen, measured, facts.text() + "\n" + table.text());
}

// Scores of tracks: equal to their definitions, and right where one can see the answer.
#include "../mot_metrics_reference.hpp"

#include <kernels/mot_metrics.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <random>

using namespace kernels;

namespace {

track_box row(std::int64_t frame, std::int64_t id, double x, double y = 0, std::int32_t kind = 1) {
  return {frame, id, {x, y, x + 10, y + 20}, 1, kind, -1};
}

mot_scores scores_of(const std::vector<track_box>& truth, const std::vector<track_box>& tracks,
                     mot_benchmark benchmark = mot_benchmark::mot15, std::int64_t frames = 0) {
  return mot_metrics(on_cpu(), truth, tracks, {.benchmark = benchmark, .frames = frames});
}

/// A few objects that walk and cross; tracks follow them with noise, gaps and switches.
struct scene {
  std::vector<track_box> truth, tracks;

  scene(std::mt19937& random, int objects, int frames) {
    std::uniform_real_distribution<double> unit(0, 1);
    std::vector<std::int64_t> name;
    for (int k = 0; k < objects; ++k) name.push_back(100 + k);
    constexpr std::int32_t kKinds[] = {1, 1, 1, 2, 6, 7, 3, 8};
    for (int f = 1; f <= frames; ++f) {
      if (objects > 1 && unit(random) < 0.1) std::swap(name[0], name[1]);
      for (int k = 0; k < objects; ++k) {
        const double x = 12.0 * k + (k % 2 == 0 ? 1.7 : -1.3) * f, y = 3.0 * k;
        const double noise = 3 * unit(random);
        if (unit(random) < 0.9) {
          truth.push_back(row(f, k, x, y, kKinds[static_cast<std::size_t>(k)]));
          truth.back().score = unit(random) < 0.1 ? 0 : 1;
        }
        if (unit(random) < 0.85) {
          tracks.push_back(
              row(f, name[static_cast<std::size_t>(k)], x + noise, y + 6 * unit(random) - 3, -1));
        }
      }
    }
    std::shuffle(truth.begin(), truth.end(), random);
    std::shuffle(tracks.begin(), tracks.end(), random);
  }
};

double largest_difference(const hota_array& a, const hota_array& b) {
  double most = 0;
  for (std::size_t k = 0; k < a.size(); ++k) most = std::max(most, std::abs(a[k] - b[k]));
  return most;
}

}  // namespace

TEST_CASE("mot metrics: random scenes equal the definitions, on every benchmark") {
  std::mt19937 random(11);
  for (int round = 0; round < 24; ++round) {
    const scene s(random, 1 + round % 6, 1 + 5 * (round % 5));
    for (const auto benchmark :
         {mot_benchmark::mot15, mot_benchmark::mot17, mot_benchmark::mot20}) {
      CAPTURE(round);
      const auto a = scores_of(s.truth, s.tracks, benchmark);
      const auto b = mot_reference::of(s.truth, s.tracks, benchmark);
      if (a.boxes == 0 || a.true_boxes == 0) continue;
      const std::vector<std::int64_t> counts = {a.clear.tp,   a.clear.fn,   a.clear.fp,
                                                a.clear.idsw, a.clear.mt,   a.clear.pt,
                                                a.clear.ml,   a.clear.frag, a.identity.idtp};
      CHECK(counts ==
            std::vector<std::int64_t>{b.tp, b.fn, b.fp, b.idsw, b.mt, b.pt, b.ml, b.frag, b.idtp});
      CHECK(std::abs(a.clear.motp_sum - b.motp_sum) < 1e-9);
      CHECK(largest_difference(a.hota.hota, b.hota) < 1e-12);
      CHECK(largest_difference(a.hota.assa, b.assa) < 1e-12);
      CHECK(largest_difference(a.hota.loca, b.loca) < 1e-12);
    }
  }
}

TEST_CASE("mot metrics: perfect tracks, under other names") {
  std::vector<track_box> truth, tracks;
  for (int f = 1; f <= 10; ++f) {
    for (int k = 0; k < 3; ++k) {
      truth.push_back(row(f, k, 30 * k + f));
      tracks.push_back(row(f, INT64_MAX - k, 30 * k + f));
    }
  }
  const auto s = scores_of(truth, tracks);
  CHECK(mean_of(s.hota.hota) == doctest::Approx(1).epsilon(1e-15));
  CHECK(s.clear.mota == 1);
  CHECK(s.clear.mt == 3);
  CHECK(s.identity.idf1 == 1);
  CHECK(s.clear.frames == 10);
  CHECK(s.true_ids == 3);
  CHECK(scores_of(truth, tracks, mot_benchmark::mot15, 25).clear.frames == 25);
}

TEST_CASE("mot metrics: one switch, one break, counted against the last id ever") {
  std::vector<track_box> truth, tracks;
  for (int f = 1; f <= 10; ++f) {
    truth.push_back(row(f, 1, f));
    truth.push_back(row(f, 2, 500));
    tracks.push_back(row(f, 9, 500));
    if (f == 5 || f == 6) continue;
    tracks.push_back(row(f, f < 5 ? 7 : 8, f));
  }
  const auto s = scores_of(truth, tracks);
  CHECK(s.clear.idsw == 1);
  CHECK(s.clear.frag == 1);
  CHECK(s.clear.fn == 2);
  CHECK(s.clear.mota == doctest::Approx((18.0 - 1) / 20));
  CHECK(s.clear.motal == doctest::Approx(18.0 / 20));
  CHECK(s.clear.mt == 1);
  CHECK(s.clear.pt == 1);  // 8 of 10 is not more than 80 %
  CHECK(s.identity.idtp == 14);
}

TEST_CASE("mot metrics: a match goes on although another box now fits better") {
  const std::vector<track_box> truth = {row(1, 1, 0), row(2, 1, 0)};
  const std::vector<track_box> tracks = {row(1, 5, 1), row(2, 5, 3), row(2, 6, 0)};
  CHECK(scores_of(truth, tracks).clear.idsw == 0);
  CHECK(scores_of(truth, {tracks[0], row(2, 5, 4), tracks[2]}).clear.idsw == 1);  // IoU < 0.5
}

TEST_CASE("mot metrics: IoU of exactly one half is a match") {
  const std::vector<track_box> truth = {{1, 1, {0, 0, 10, 10}, 1, 1, -1}};
  const auto s = scores_of(truth, {{1, 1, {0, 0, 10, 5}, 1, -1, -1}});
  CHECK(s.clear.tp == 1);
  CHECK(s.identity.idtp == 1);
  CHECK(s.hota.tp[9] == 1);
  CHECK(s.hota.tp[10] == 0);
}

TEST_CASE("mot metrics: preprocessing, class by class") {
  const auto classes = [](mot_benchmark benchmark, std::int32_t kind, double score) {
    std::vector<track_box> truth = {row(1, 1, 0, 0, kind), row(1, 2, 50)};
    truth[0].score = score;
    const auto s = scores_of(truth, {row(1, 1, 0), row(1, 2, 50)}, benchmark);
    return std::vector<std::int64_t>{s.true_boxes, s.boxes, s.clear.fp};
  };
  using list = std::vector<std::int64_t>;
  for (const std::int32_t kind : {2, 7, 8, 12}) {  // distractors take their tracks with them
    CHECK(classes(mot_benchmark::mot17, kind, 1) == list{1, 1, 0});
    CHECK(classes(mot_benchmark::mot16, kind, 0) == list{1, 1, 0});
    CHECK(classes(mot_benchmark::mot20, kind, 0) == list{1, 1, 0});
    CHECK(classes(mot_benchmark::mot15, kind, 1) == list{2, 2, 0});
  }
  CHECK(classes(mot_benchmark::mot17, 6, 1) == list{1, 2, 1});
  CHECK(classes(mot_benchmark::mot20, 6, 1) == list{1, 1, 0});
  CHECK(classes(mot_benchmark::mot17, 3, 1) == list{1, 2, 1});
  CHECK(classes(mot_benchmark::mot17, 1, 0) == list{1, 2, 1});
  CHECK(classes(mot_benchmark::mot15, 1, 0) == list{1, 2, 1});
  CHECK(classes(mot_benchmark::mot15, 1, 0.9) == list{1, 2, 1});  // truncated
  CHECK(classes(mot_benchmark::mot15, 1, -1) == list{2, 2, 0});
}

TEST_CASE("mot metrics: one side empty, both empty") {
  const std::vector<track_box> rows = {row(1, 1, 0), row(2, 1, 0), row(2, 2, 90)};
  const auto missed = scores_of(rows, {});
  CHECK(missed.clear.fn == 3);
  CHECK(missed.clear.ml == 2);
  CHECK(missed.identity.idfn == 3);
  CHECK(missed.hota.fn[18] == 3);
  CHECK(missed.hota.loca_0 == 1);
  const auto invented = scores_of({}, rows);
  CHECK(invented.clear.fp == 3);
  CHECK(invented.clear.mlr == 1);
  CHECK(invented.hota.fp[0] == 3);
  const auto nothing = scores_of({}, {});
  CHECK(nothing.clear.fn == 0);
  CHECK(nothing.frames == 0);
  const std::vector<mot_scores> all = {missed, invented, nothing};
  const auto sum = combined_mot_scores(all);
  CHECK(sum.clear.fn == 3);
  CHECK(sum.clear.fp == 3);
  CHECK(sum.clear.mlr == 1);
  CHECK(sum.hota.loca[3] == 1);
  CHECK(combined_mot_scores({}).clear.mota == 0);
}

TEST_CASE("mot metrics: a crowd, and ten thousand boxes in one frame, find the same pairs") {
  std::mt19937 random(8);
  std::uniform_real_distribution<double> unit(0, 1);
  for (const int count : {31, 32, 47, 48, 49, 120}) {  // of one scene and far apart
    std::vector<track_box> truth, tracks;
    std::size_t overlapping = 0;
    for (int k = 0; k < count; ++k) {
      truth.push_back(row(1, k, 200 * unit(random), 100 * unit(random)));
      tracks.push_back(row(1, k, 200 * unit(random), 100 * unit(random)));
      tracks.back().box.right += 30 * unit(random) * unit(random);
    }
    for (const auto& a : truth) {
      for (const auto& b : tracks) overlapping += mot_reference::overlap(a, b) > 0 ? 1 : 0;
    }
    const auto side = cpu::mot_side_of("truth", truth, 0), other = cpu::mot_side_of("t", tracks, 0);
    const auto s = cpu::mot_preparation(side, other, mot_benchmark::mot15).run(0);
    CHECK(s.pairs.size() == overlapping);
    CHECK(std::is_sorted(s.pairs.begin(), s.pairs.end(), [](const auto& a, const auto& b) {
      return std::pair(a.row, a.column) < std::pair(b.row, b.column);
    }));
  }
  std::vector<track_box> many;
  for (int k = 0; k < 10000; ++k) many.push_back(row(1, k, 12 * k));
  CHECK(scores_of(many, many).clear.tp == 10000);
}

TEST_CASE("mot metrics: boxes that are none, far frames") {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  constexpr double kInf = std::numeric_limits<double>::infinity();
  std::vector<track_box> rows = {row(1, 1, 0), row(1, 2, 0), row(1, 3, 0),
                                 row(1, 4, 0), row(1, 5, 0), row(1000000000, 6, 0)};
  rows[1].box = {kNan, kNan, kNan, kNan};
  rows[2].box = {5, 5, 5, 25};
  rows[3].box = {9, 9, 1, 1};
  rows[4].box = {-kInf, -kInf, kInf, kInf};
  const auto s = scores_of(rows, rows);
  CHECK(s.clear.tp == 2);
  CHECK(s.clear.fp == 4);
  CHECK(s.frames == 1000000000);
}

TEST_CASE("mot metrics: what is refused") {
  const std::vector<track_box> good = {row(1, 1, 0)};
  CHECK_THROWS_WITH(scores_of({row(0, 1, 0)}, good),
                    "mot_metrics: truth: wanted frames from 1 on, given frame 0");
  CHECK_THROWS_WITH(scores_of(good, {row(4, 1, 0)}, mot_benchmark::mot15, 3),
                    "mot_metrics: tracks: wanted frames from 1 to 3, given frame 4");
  CHECK_THROWS_WITH(scores_of(good, {row(2, 5, 0), row(1, 5, 0), row(2, 5, 9)}),
                    "mot_metrics: tracks: wanted an id once in a frame, given id 5 twice in frame "
                    "2");
  CHECK_THROWS_WITH(scores_of({row(1, 1, 0, 0, 14)}, good, mot_benchmark::mot16),
                    "mot_metrics: class of the truth: wanted 1 to 13, given 14");
  CHECK_THROWS_WITH(scores_of(good, {row(1, 1, 0, 0, 2)}, mot_benchmark::mot16),
                    "mot_metrics: class of a track: wanted 1 (pedestrian), given 2");
  CHECK_THROWS_WITH(scores_of(good, good, mot_benchmark::mot15, -1),
                    "mot_metrics: frames: wanted at least 0, given -1");
}

TEST_CASE("mot metrics: log10 of whole numbers, within a few ulp") {
  double most = 0;
  std::int64_t n = 1;
  for (int k = 0; k < 3500; ++k, n += 1 + n / 100) {
    const double exact = std::log10(static_cast<double>(n));
    most = std::max(most, std::abs(math::mot_log10(n) - exact) / std::max(exact, 0.1));
  }
  CHECK(most < 4e-16);
  CHECK(math::mot_log10(0) == 0);
  CHECK(math::mot_log10(1) == 0);
}

TEST_CASE("mot metrics: the heaviest matching, of every kind of small problem") {
  std::mt19937 random(3);
  std::uniform_real_distribution<double> unit(0, 1);
  cpu::mot_matcher matcher;
  double most = 0;
  bool one_to_one = true;
  for (int round = 0; round < 3000; ++round) {
    const std::size_t rows = 1 + random() % 6, columns = 1 + random() % 6;
    const double density = unit(random), spread = round % 2 == 0 ? 1 : 0.05;
    mot_reference::matrix weight(rows, std::vector<double>(columns, 0));
    std::vector<cpu::mot_matcher::pair> pairs;
    for (std::size_t i = 0; i < rows; ++i) {
      for (std::size_t j = 0; j < columns; ++j) {
        if (unit(random) > density) continue;
        weight[i][j] = 1 - spread * unit(random);
        pairs.push_back({static_cast<std::int32_t>(i), static_cast<std::int32_t>(j),
                         static_cast<std::int32_t>(i * columns + j), weight[i][j]});
      }
    }
    double wanted = 0, sum = 0;
    const auto best = mot_reference::heaviest(weight, columns);
    for (std::size_t i = 0; i < rows; ++i) {
      if (best[i] >= 0) wanted += weight[i][static_cast<std::size_t>(best[i])];
    }
    std::vector<int> used(rows + columns, 0);
    matcher.match(static_cast<std::int32_t>(rows), static_cast<std::int32_t>(columns), pairs,
                  [&](std::int32_t tag) {
                    const auto k = static_cast<std::size_t>(tag);
                    sum += weight[k / columns][k % columns];
                    one_to_one =
                        one_to_one && used[k / columns]++ == 0 && used[rows + k % columns]++ == 0;
                  });
    most = std::max(most, std::abs(sum - wanted));
  }
  CHECK(one_to_one);
  CHECK(most < 1e-12);
}

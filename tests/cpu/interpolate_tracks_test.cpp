// Gap interpolation: only the gaps asked for, on straight lines, and nothing else touched.
#include <kernels/interpolate_tracks.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <map>
#include <random>

using namespace kernels;

namespace {

track_box row(std::int64_t frame, std::int64_t id, double x, double score = 0.5) {
  return {frame, id, {x, 2 * x, x + 10, 2 * x + 30}, score, 1, 7};
}

std::vector<track_box> filled(const std::vector<track_box>& rows, std::int64_t most,
                              std::int64_t shortest = 1) {
  return interpolate_tracks(on_cpu(), rows, {.most = most, .shortest = shortest});
}

/// The definition, row by row: for every id and frame, is there a row before and one after that are
/// close enough?
std::map<std::pair<std::int64_t, std::int64_t>, track_box> naive(const std::vector<track_box>& rows,
                                                                 std::int64_t most,
                                                                 std::int64_t shortest) {
  std::map<std::pair<std::int64_t, std::int64_t>, track_box> all;
  std::map<std::int64_t, std::int64_t> length;
  for (const auto& r : rows) ++length[r.id];
  for (const auto& a : rows) {
    all[{a.frame, a.id}] = a;
    const track_box* next = nullptr;
    for (const auto& b : rows) {
      if (b.id == a.id && b.frame > a.frame && (!next || b.frame < next->frame)) next = &b;
    }
    if (!next || next->frame - a.frame > most + 1 || length[a.id] < shortest) continue;
    for (auto f = a.frame + 1; f < next->frame; ++f) {
      const double t =
          static_cast<double>(f - a.frame) / static_cast<double>(next->frame - a.frame);
      const auto mix = [&](double x, double y) { return x + (y - x) * t; };
      all[{f, a.id}] = {f,
                        a.id,
                        {mix(a.box.left, next->box.left), mix(a.box.top, next->box.top),
                         mix(a.box.right, next->box.right), mix(a.box.bottom, next->box.bottom)},
                        mix(a.score, next->score),
                        a.class_id,
                        -1};
    }
  }
  return all;
}

}  // namespace

TEST_CASE("interpolate tracks: a gap of exactly the length asked for is filled, a longer one not") {
  const std::vector<track_box> rows = {row(1, 4, 0, 0.25), row(5, 4, 8, 0.75)};
  const auto whole = filled(rows, 3);
  REQUIRE(whole.size() == 5);
  CHECK(whole[0] == rows[0]);
  CHECK(whole[4] == rows[1]);
  CHECK(whole[1] == track_box{2, 4, {2, 4, 12, 34}, 0.375, 1, -1});
  CHECK(whole[3] == track_box{4, 4, {6, 12, 16, 42}, 0.625, 1, -1});
  CHECK(filled(rows, 2) == rows);
  CHECK(filled(rows, 0) == rows);
  CHECK(filled(rows, 3, 2).size() == 5);
  CHECK(filled(rows, 3, 3) == rows);
  CHECK(filled({}, 20).empty());
}

TEST_CASE("interpolate tracks: only within a track, in any order of rows, sorted afterwards") {
  const auto whole = filled({row(3, 9, 4), row(3, 1, 0), row(1, 9, 0), row(5, 2, 0)}, 20);
  const std::vector<std::pair<std::int64_t, std::int64_t>> wanted = {
      {1, 9}, {2, 9}, {3, 1}, {3, 9}, {5, 2}};
  REQUIRE(whole.size() == wanted.size());
  for (std::size_t k = 0; k < wanted.size(); ++k) {
    CHECK(std::pair{whole[k].frame, whole[k].id} == wanted[k]);
  }
}

TEST_CASE("interpolate tracks: random tracks equal the definition") {
  std::mt19937 random(5);
  std::uniform_real_distribution<double> position(-100, 100);
  for (const std::int64_t most : {0, 1, 4, 30}) {
    for (const std::int64_t shortest : {0, 1, 6}) {
      std::vector<track_box> rows;
      for (std::int64_t id = -3; id < 12; ++id) {
        for (std::int64_t f = 1; f < 60; ++f) {
          if (random() % 4 != 0) continue;
          const double x = position(random), y = position(random);
          rows.push_back({f, id, {x, y, x + 5, y + 7}, position(random), 3, 1});
        }
      }
      std::shuffle(rows.begin(), rows.end(), random);
      const auto wanted = naive(rows, most, shortest);
      const auto whole = filled(rows, most, shortest);
      REQUIRE(whole.size() == wanted.size());
      double apart = 0;
      bool alike = true;
      auto w = wanted.begin();
      for (std::size_t k = 0; k < whole.size(); ++k, ++w) {
        const auto &a = whole[k], &b = w->second;
        alike = alike && std::pair{a.frame, a.id} == w->first && a.detection == b.detection &&
                a.class_id == b.class_id;
        for (const double d :
             {a.box.left - b.box.left, a.box.top - b.box.top, a.box.right - b.box.right,
              a.box.bottom - b.box.bottom, a.score - b.score}) {
          apart = std::max(apart, std::abs(d));
        }
      }
      CHECK(alike);
      CHECK(apart < 1e-12);
    }
  }
}

TEST_CASE("interpolate tracks: far frames, NaN, and what is refused") {
  constexpr auto kFar = std::numeric_limits<std::int64_t>::max();
  CHECK(filled({row(1, 1, 0), row(kFar, 1, 0)}, 1000000).size() == 2);
  auto broken = row(3, 1, 0);
  broken.box.left = std::nan("");
  const auto whole = filled({row(1, 1, 0), broken, row(5, 1, 4), row(7, 1, 8)}, 5);
  REQUIRE(whole.size() == 7);
  CHECK(std::isnan(whole[1].box.left));
  CHECK(whole[1].box.top == 0);
  CHECK(whole[5] == track_box{6, 1, {6, 12, 16, 42}, 0.5, 1, -1});
  CHECK_THROWS_WITH(filled({row(1, 1, 0), row(2, 8, 0), row(1, 1, 3)}, 5),
                    "interpolate_tracks: tracks: wanted an id once in a frame, given id 1 twice in "
                    "frame 1");
  CHECK_THROWS_WITH(filled({row(0, 1, 0)}, 5),
                    "interpolate_tracks: tracks: wanted frames from 1, given frame 0");
  CHECK_THROWS_WITH(filled({}, -1), "interpolate_tracks: most: wanted 0 to 1000000, given -1");
  CHECK_THROWS_WITH(filled({}, 1000001),
                    "interpolate_tracks: most: wanted 0 to 1000000, given 1000001");
  CHECK_THROWS_WITH(filled({}, 1, -2), "interpolate_tracks: shortest: wanted at least 0, given -2");
}

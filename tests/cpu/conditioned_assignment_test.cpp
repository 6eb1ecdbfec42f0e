// conditioned_assignment on the CPU.
#include "../conditioned_assignment_cases.hpp"

#include <kernels/assignment.hpp>
#include <kernels/conditioned_assignment.hpp>

#include <utility>

namespace {

using conditioned_assignment_cases::scene;

template <class Label>
struct arguments {
  std::vector<Label> map;
  kernels::view<const double, 2> cost, boxes;
  kernels::view<const Label, 2> labels;
  kernels::view<const std::int32_t, 1> masks;
  kernels::view<const double, 1> confidences;

  explicit arguments(const scene& s) : map(s.map.begin(), s.map.end()) {
    cost = kernels::packed(s.cost.data(), {s.tracks, s.detections});
    boxes = kernels::packed(s.boxes.data(), {s.detections, 4});
    labels = kernels::packed(std::as_const(map).data(), {s.height, s.width});
    masks = kernels::packed(s.masks.data(), {s.tracks});
    confidences = kernels::packed(s.confidences.data(), {s.tracks});
  }
};

template <class Label>
std::vector<std::int32_t> run(const scene& s, double limit) {
  const arguments<Label> a(s);
  std::vector<std::int32_t> to_detection(static_cast<std::size_t>(s.tracks), 9);
  std::vector<std::int32_t> to_track(static_cast<std::size_t>(s.detections), 9);
  kernels::conditioned_assign(kernels::on_cpu(), a.cost, a.boxes, a.labels, a.masks, a.confidences,
                              kernels::packed(to_detection.data(), {s.tracks}),
                              kernels::packed(to_track.data(), {s.detections}), {.limit = limit});
  return to_detection;
}

bool same_numbers(std::span<const double> a, const std::vector<double>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t k = 0; k < b.size(); ++k) {
    if (a[k] != b[k] && !(std::isnan(a[k]) && std::isnan(b[k]))) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("conditioned_assignment cpu: a mask decides") {
  conditioned_assignment_cases::a_mask_decides(run<std::uint8_t>);
  conditioned_assignment_cases::a_mask_decides(run<std::uint16_t>);
  conditioned_assignment_cases::a_mask_decides(run<std::int32_t>);
  conditioned_assignment_cases::least_fill(run<std::uint8_t>);
  conditioned_assignment_cases::least_cover(run<std::uint8_t>);
}

TEST_CASE("conditioned_assignment cpu: costs as computed pair by pair, matched as by assign") {
  std::mt19937 random(3);
  kernels::conditioned_assignment_solver<double> solver;
  int wrong = 0;
  int changed = 0;
  for (int round = 0; round < 300; ++round) {
    const scene s = conditioned_assignment_cases::random_scene(
        random, static_cast<int>(random() % 7), static_cast<int>(random() % 7));
    const double limit = round % 5 == 0 ? conditioned_assignment_cases::kInfinity : 0.75;
    const arguments<std::uint16_t> a(s);
    std::vector<std::int32_t> x(static_cast<std::size_t>(s.tracks));
    std::vector<std::int32_t> y(static_cast<std::size_t>(s.detections));
    auto expected_x = x;
    auto expected_y = y;
    solver.solve(a.cost, a.boxes, a.labels, a.masks, a.confidences, {.limit = limit}, x, y);
    const auto expected = conditioned_assignment_cases::adjusted(s, std::min(limit, 1e300));
    wrong += same_numbers(solver.adjusted(), expected) ? 0 : 1;
    for (std::size_t k = 0; k < expected.size(); ++k) changed += expected[k] < s.cost[k] ? 1 : 0;
    kernels::assignment_solver<double> plain;
    plain.solve(kernels::packed(expected.data(), {s.tracks, s.detections}), limit, expected_x,
                expected_y);
    wrong += x == expected_x && y == expected_y ? 0 : 1;
  }
  CHECK(wrong == 0);
  CHECK(changed > 100);
}

TEST_CASE("conditioned_assignment: no map, strides, refused arguments") {
  std::mt19937 random(4);
  scene s = conditioned_assignment_cases::random_scene(random, 5, 6);
  arguments<std::uint8_t> a(s);
  std::vector<std::int32_t> x(5, 9), y(6, 9);
  kernels::conditioned_assignment_solver<double> solver;
  const auto solve = [&] {
    solver.solve(a.cost, a.boxes, a.labels, a.masks, a.confidences, {.limit = 0.75}, x, y);
    return x;
  };
  const auto expected = solve();
  std::vector<double> transposed(30 + 24);  // columns of costs and of boxes side by side
  for (int i = 0; i < 5; ++i) {
    for (int j = 0; j < 6; ++j) transposed[static_cast<std::size_t>(5 * j + i)] = s.at(i, j);
  }
  for (std::size_t k = 0; k < 24; ++k) transposed[30 + (k % 4) * 6 + k / 4] = s.boxes[k];
  a.cost = {transposed.data(), {5, 6}, {1, 5}};
  a.boxes = {transposed.data() + 30, {6, 4}, {1, 6}};
  CHECK(solve() == expected);

  auto without = a;
  without.labels = {};
  solver.solve(a.cost, a.boxes, without.labels, a.masks, a.confidences, {.limit = 0.75}, x, y);
  std::vector<std::int32_t> plain(5), plain_y(6);
  kernels::assignment_solver<double>().solve(a.cost, 0.75, plain, plain_y);
  CHECK(x == plain);

  x.assign(5, 9);
  s.cost[7] = -conditioned_assignment_cases::kInfinity;
  a.cost = kernels::packed(std::as_const(s.cost).data(), {5, 6});
  CHECK_THROWS_WITH_AS(solve(), doctest::Contains("above -infinity"), kernels::error);
  a.boxes.extent[0] = 5;
  CHECK_THROWS_WITH_AS(solve(), doctest::Contains("detections"), kernels::error);
  a.boxes.extent[0] = 6;
  a.masks.extent[0] = 4;
  CHECK_THROWS_WITH_AS(solve(), doctest::Contains("masks"), kernels::error);
  CHECK(x == std::vector<std::int32_t>(5, 9));
}

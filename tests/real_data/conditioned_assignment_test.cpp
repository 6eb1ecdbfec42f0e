// conditioned_assignment against McByte's, on a label map of two people.
#include "data.hpp"

#include <kernels/conditioned_assignment.hpp>

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>
#include <iterator>
#include <utility>

namespace {

constexpr std::int64_t kHeight = 480;
constexpr std::int64_t kWidth = 854;

template <class T>
std::vector<T> flat(const nlohmann::json& rows) {
  std::vector<T> values;
  for (const auto& row : rows) {
    for (const auto& x : row) values.push_back(x.get<T>());
  }
  return values;
}

/// Cases with other matches, or with other costs than the original's.
template <class T, class Label>
int wrong_cases(const nlohmann::json& cases, const std::vector<std::uint8_t>& labels,
                double tolerance) {
  const std::vector<Label> map(labels.begin(), labels.end());
  kernels::conditioned_assignment_solver<T> solver;
  int wrong = 0;
  for (const auto& c : cases) {
    const auto cost = flat<T>(c["dists"]);
    const auto expected = flat<double>(c["dists_out"]);
    const auto boxes = flat<T>(c["dets_tlwh"]);
    const auto tracks = static_cast<std::int64_t>(c["dists"].size());
    const auto detections = static_cast<std::int64_t>(c["dets_tlwh"].size());
    std::vector<std::int32_t> masks;
    std::vector<T> confidences;
    for (std::int64_t i = 0; i < tracks; ++i) {
      const auto id = std::to_string(i + 1);
      masks.push_back(c["mask_of_track"].value(id, 0));
      confidences.push_back(c["mask_conf"].value(std::to_string(masks.back()), T(0)));
    }
    std::vector<std::int32_t> to_detection(masks.size(), 9);
    std::vector<std::int32_t> to_track(static_cast<std::size_t>(detections), 9);
    solver.solve(kernels::packed(cost.data(), {tracks, detections}),
                 kernels::packed(boxes.data(), {detections, 4}),
                 kernels::packed(map.data(), {kHeight, kWidth}),
                 kernels::packed(std::as_const(masks).data(), {tracks}),
                 kernels::packed(std::as_const(confidences).data(), {tracks}),
                 {.limit = c["max_cost"].get<T>()}, to_detection, to_track);
    std::vector<std::int32_t> matched(masks.size(), -1);
    for (const auto& pair : c["matches"]) {
      matched[pair[0].get<std::size_t>()] = pair[1].get<std::int32_t>();
    }
    bool same = matched == to_detection && solver.adjusted().size() == expected.size();
    for (std::size_t k = 0; same && k < expected.size(); ++k) {
      same = std::abs(solver.adjusted()[k] - expected[k]) <= tolerance;
    }
    wrong += same ? 0 : 1;
  }
  return wrong;
}

}  // namespace

TEST_CASE("conditioned_assignment: all cases of McByte") {
  const auto folder = real_data::folder() / "mot/golden";
  std::ifstream npy(folder / "mask_labels_bike.npy", std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(npy), {}};
  REQUIRE(bytes.size() > kHeight * kWidth);
  const std::vector<std::uint8_t> labels(bytes.end() - kHeight * kWidth, bytes.end());
  std::ifstream file(folder / "conditioned_assignment.json");
  const auto cases = nlohmann::json::parse(file).at("cases");
  REQUIRE(cases.size() == 24);
  CHECK(wrong_cases<double, std::uint8_t>(cases, labels, 1e-12) == 0);
  CHECK(wrong_cases<double, std::uint16_t>(cases, labels, 1e-12) == 0);
  CHECK(wrong_cases<float, std::int32_t>(cases, labels, 1e-5) == 0);
}

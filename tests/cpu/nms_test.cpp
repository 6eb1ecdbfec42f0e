// nms on the CPU.
#include "../nms_cases.hpp"

#include <kernels/nms.hpp>

namespace {

using kernels::instruction_set;
using nms_cases::answer;
using nms_cases::problem;

template <class T>
answer run(kernels::on_cpu exec, const problem<T>& p) {
  answer a;
  a.kept.assign(p.scores.size(), -7);
  a.counts.assign(static_cast<std::size_t>(p.groups()), -7);
  const auto n = p.size();
  const auto each = [&](auto* data) {
    return kernels::view<std::remove_pointer_t<decltype(data)>, 1>{data, {n}, {p.stride}};
  };
  kernels::nms_arguments<T> arguments{.boxes = each(p.boxes.data()),
                                      .scores = each(p.scores.data()),
                                      .kept = each(a.kept.data()),
                                      .counts = kernels::packed(a.counts.data(), {p.groups()})};
  if (!p.offsets.empty()) {
    arguments.offsets = kernels::packed(p.offsets.data(), {p.groups() + 1});
  }
  if (!p.classes.empty()) arguments.classes = each(p.classes.data());
  kernels::nms(exec, arguments, p.options);
  return a;
}

/// Runs body with a runner for each instruction set of this processor.
template <class Body>
void each_isa(Body body) {
  for (const auto isa :
       {instruction_set::portable, instruction_set::avx2, instruction_set::avx512}) {
    if (!kernels::cpu::supported(isa)) continue;
    CAPTURE(kernels::cpu::name(isa));
    body([isa](const auto& p) { return run({.threads = 1, .isa = isa}, p); });
  }
}

}  // namespace

TEST_CASE("nms cpu: the edges of the definition") {
  each_isa([](auto r) { nms_cases::edges_of_the_definition(r); });
}
TEST_CASE("nms cpu: every box against every kept one, small sizes") {
  each_isa([](auto r) { nms_cases::small_sizes(r); });
}
TEST_CASE("nms cpu: every box against every kept one, sizes with a grid and a radix sort") {
  each_isa([](auto r) {
    for (const std::int64_t n : {79, 80, 257, 400}) {
      nms_cases::equals_reference<float>(r, n);
      nms_cases::equals_reference<double>(r, n);
    }
  });
  nms_cases::equals_reference<float>([](const auto& p) { return run({}, p); }, 3100);
}
TEST_CASE("nms cpu: a batch gives what its groups give, with any number of threads") {
  for (const int threads : {1, 2, 7}) {
    const auto r = [threads](const auto& p) { return run({.threads = threads}, p); };
    nms_cases::batch_equals_loop(r, 300);
    nms_cases::batch_equals_loop(r, 30000);
  }
}
TEST_CASE("nms cpu: one place, one far away, many sizes") {
  // a grid that would be useless or endless: 5000 equal boxes, one at 10^30, widths of 2^k
  problem<float> p;
  for (int k = 0; k < 5000; ++k) {
    const auto side = static_cast<float>(1 << (k % 20));
    p.boxes.push_back(k % 2 == 0 ? kernels::box<float>{1, 1, 5, 5}
                                 : kernels::box<float>{-side, -side, side, side});
    p.scores.push_back(static_cast<float>(k % 97));
  }
  p.boxes[17] = {1e30F, 1e30F, 1.1e30F, 1.1e30F};
  CHECK(run({.threads = 1}, p) == nms_cases::reference(p));
}
TEST_CASE("nms cpu: boxes much larger than a cell are found by their cores") {
  int different = 0;
  for (unsigned seed = 0; seed < 40; ++seed) {
    auto p = nms_cases::make<double>(nms_cases::scene::random, 300, seed);
    std::mt19937 random(seed);
    for (std::size_t k = 0; k < p.boxes.size(); ++k) {  // a median of 20 pixels, pairs of up to 120
      const auto at = [&](int range) { return static_cast<double>(random() % range) / 4; };
      const double side = k % 3 == 0 ? 60 + at(240) : 15 + at(30);
      const double x = at(4000);
      const double y = at(1200);
      p.boxes[k] = {x, y, x + side, y + 40 + at(20)};
    }
    p.options.iou_threshold = 0.02 + 0.02 * (seed % 25);
    different += run({.threads = 1}, p) == nms_cases::reference(p) ? 0 : 1;
  }
  CHECK(different == 0);
}
TEST_CASE("nms cpu: a permutation of boxes with different scores keeps the same boxes") {
  auto p = nms_cases::make<float>(nms_cases::scene::random, 700, 5);
  for (std::size_t k = 0; k < p.scores.size(); ++k) {
    p.scores[k] = static_cast<float>((k * 7919) % 700) / 700.0F;
  }
  auto q = p;
  std::vector<std::size_t> order(p.scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::shuffle(order.begin(), order.end(), std::mt19937(3));
  for (std::size_t k = 0; k < order.size(); ++k) {
    q.boxes[k] = p.boxes[order[k]];
    q.scores[k] = p.scores[order[k]];
  }
  const answer a = run({}, p);
  const answer b = run({}, q);
  CHECK(a.counts == b.counts);
  bool same = true;
  for (std::size_t k = 0; k < static_cast<std::size_t>(a.counts[0]); ++k) {
    same =
        same && order[static_cast<std::size_t>(b.kept[k])] == static_cast<std::size_t>(a.kept[k]);
  }
  CHECK(same);
}
TEST_CASE("nms: the short form") {
  std::vector<kernels::box<double>> boxes = {{0, 0, 2, 2}, {0, 0, 2, 2.1}, {5, 5, 6, 6}};
  const std::vector<double> scores = {0.1, 0.9, 0.3};
  CHECK(kernels::nms(kernels::on_cpu(), kernels::packed(boxes.data(), {3}),
                     kernels::packed(scores.data(), {3})) == std::vector<std::int32_t>{1, 2});
  CHECK(
      kernels::nms(kernels::on_cpu(), kernels::view<const kernels::box<double>, 1>{}, {}).empty());
}

TEST_CASE("nms: refused arguments") {
  auto p = nms_cases::make<float>(nms_cases::scene::random, 4, 1);
  const auto refused = [](const problem<float>& q, const char* text) {
    CAPTURE(text);
    CHECK_THROWS_WITH_AS(run({}, q), doctest::Contains(text), kernels::error);
  };
  for (const double t : {-0.1, 1.1, std::numeric_limits<double>::quiet_NaN()}) {
    auto q = p;
    q.options.iou_threshold = t;
    refused(q, "nms: iou_threshold: wanted 0 to 1");
  }
  auto q = p;
  q.options.score_threshold = std::numeric_limits<double>::quiet_NaN();
  refused(q, "score_threshold");
  q = p;
  q.options.max_kept = -1;
  refused(q, "max_kept");
  for (const auto& offsets :
       {std::vector<std::int32_t>{1, 4}, {0, 3}, {0, 3, 2, 4}, {0, 5}, {0, -1, 4}}) {
    q = p;
    q.offsets = offsets;
    refused(q, "offsets");
  }
  std::int32_t count = 0;
  std::vector<std::int32_t> kept(4);
  kernels::nms_arguments<float> a{.boxes = kernels::packed(std::as_const(p.boxes).data(), {4}),
                                  .scores = kernels::packed(std::as_const(p.scores).data(), {3}),
                                  .kept = kernels::packed(kept.data(), {4}),
                                  .counts = kernels::packed(&count, {1})};
  CHECK_THROWS_WITH_AS(kernels::nms(kernels::on_cpu(), a), doctest::Contains("scores: wanted 4"),
                       kernels::error);
  a.scores.extent[0] = 4;
  a.kept.stride[0] = 0;  // all answers in one place
  CHECK_THROWS_WITH_AS(kernels::nms(kernels::on_cpu(), a),
                       doctest::Contains("kept: wanted strides at which nothing overlaps"),
                       kernels::error);
  CHECK(kept == std::vector<std::int32_t>(4));
  a.kept.stride[0] = 1;
#if !KERNELS_HAS_CUDA
  CHECK_THROWS_WITH_AS(
      kernels::nms(kernels::on_gpu(),
                   kernels::nms_arguments<float, kernels::space::device>{
                       .boxes = {}, .scores = {}, .kept = {}, .counts = {nullptr, {1}, {1}}}),
      doctest::Contains("counts"), kernels::error);
  kernels::nms_arguments<float, kernels::space::device> empty{
      .boxes = {}, .scores = {}, .kept = {}, .counts = {&count, {1}, {1}}};
  CHECK_THROWS_WITH_AS(kernels::nms(kernels::on_gpu(), empty), doctest::Contains("kernels::cuda"),
                       kernels::error);
#endif
  a.boxes.data = nullptr;
  CHECK_THROWS_WITH_AS(kernels::nms(kernels::on_cpu(), a), doctest::Contains("boxes"),
                       kernels::error);
}

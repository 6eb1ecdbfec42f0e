// decode_yolo and letterbox on the CPU.
#include <kernels/decode_yolo.hpp>

#include "../decode_yolo_cases.hpp"

namespace {

using decode_yolo_cases::answer;
using decode_yolo_cases::layout;
using decode_yolo_cases::problem;
using kernels::instruction_set;

answer run(kernels::on_cpu exec, const problem& p) {
  answer a(p);
  kernels::decode_yolo(exec, decode_yolo_cases::arguments<kernels::space::host>(p, a), p.options);
  return a;
}

}  // namespace

TEST_CASE("decode_yolo cpu: plain loops over classes and anchors") {
  for (const auto isa :
       {instruction_set::portable, instruction_set::avx2, instruction_set::avx512}) {
    if (!kernels::cpu::supported(isa)) continue;
    CAPTURE(kernels::cpu::name(isa));
    for (const int threads : {1, 2}) {
      decode_yolo_cases::equals_reference(
          [&](const problem& p) { return run({.threads = threads, .isa = isa}, p); }, 1500);
    }
  }
}

TEST_CASE("decode_yolo cpu: the same bytes in every instruction set") {
  problem p = decode_yolo_cases::make(3, 80, 1111, layout::rows, 5);
  p.letterboxes = {{1000, 777, 640, 497, 0, 71}};
  const answer a = run({.isa = instruction_set::portable}, p);
  for (const auto isa : {instruction_set::avx2, instruction_set::avx512}) {
    if (!kernels::cpu::supported(isa)) continue;
    const answer b = run({.isa = isa}, p);
    CHECK(std::memcmp(a.boxes.data(), b.boxes.data(), a.boxes.size() * sizeof a.boxes[0]) == 0);
    CHECK(a.scores == b.scores);
    CHECK(a.classes == b.classes);
    CHECK(a.counts == b.counts);
  }
}

TEST_CASE("decode_yolo: the short form finds room for all") {
  problem p = decode_yolo_cases::make(1, 3, 2000, layout::rows, 3);
  p.options.score_threshold = 0.1;
  p.letterboxes = {kernels::make_letterbox({1280, 720}, {640, 640})};
  const answer a = run({}, p);
  const auto d = kernels::decode_yolo(kernels::on_cpu(),
                                      kernels::packed(std::as_const(p.head).data(), {7, 2000}),
                                      p.letterboxes[0], p.options);
  REQUIRE(d.boxes.size() == static_cast<std::size_t>(a.counts[0]));
  CHECK(d.boxes.size() > 256);
  CHECK(d.anchors.back() == a.anchors[d.boxes.size() - 1]);
  CHECK(d.scores.back() == a.scores[d.boxes.size() - 1]);
}

TEST_CASE("decode_yolo: refused arguments") {
  const problem p = decode_yolo_cases::make(2, 3, 40, layout::rows, 3);
  answer a(p);
  const auto refused = [&](const char* text, auto change) {
    auto in = decode_yolo_cases::arguments<kernels::space::host>(p, a);
    kernels::decode_yolo_options options;
    change(in, options);
    CAPTURE(text);
    CHECK_THROWS_WITH_AS(kernels::decode_yolo(kernels::on_cpu(), in, options),
                         doctest::Contains(text), kernels::error);
  };
  refused("head", [](auto& in, auto&) { in.head.extent[1] = 4; });
  refused("head", [](auto& in, auto&) { in.head.data = nullptr; });
  refused("scores: wanted shape (2, 40)", [](auto& in, auto&) { in.scores.extent[1] = 39; });
  refused("counts", [](auto& in, auto&) { in.counts.extent[0] = 1; });
  refused("anchors", [](auto& in, auto&) { in.anchors.extent[0] = 1; });
  refused("letterboxes", [](auto& in, auto&) { in.letterboxes.extent[0] = 3; });
  // written views in which two pictures or two detections share memory
  refused("boxes: wanted strides", [](auto& in, auto&) { in.boxes.stride = {0, 1}; });
  refused("scores: wanted strides", [](auto& in, auto&) { in.scores.stride = {39, 1}; });
  refused("classes: wanted strides", [](auto& in, auto&) { in.classes.stride = {40, 0}; });
  refused("counts: wanted strides", [](auto& in, auto&) { in.counts.stride = {0}; });
  refused("anchors: wanted strides", [](auto& in, auto&) { in.anchors.stride = {1, 1}; });
  refused("score_threshold", [](auto&, auto& options) {
    options.score_threshold = std::numeric_limits<double>::quiet_NaN();
  });
  CHECK(a.counts[0] == -7);
#if !KERNELS_HAS_CUDA
  CHECK_THROWS_WITH_AS(
      kernels::decode_yolo(kernels::on_gpu(),
                           decode_yolo_cases::arguments<kernels::space::device>(p, a)),
      doctest::Contains("kernels::cuda"), kernels::error);
#endif
}

TEST_CASE("letterbox: sizes and places") {
  using kernels::letterbox;
  using kernels::make_letterbox;
  CHECK(make_letterbox({1920, 1080}, {640, 640}) == letterbox{1920, 1080, 640, 360, 0, 140});
  CHECK(make_letterbox({1080, 1920}, {640, 640}) == letterbox{1080, 1920, 360, 640, 140, 0});
  CHECK(make_letterbox({500, 375}, {640, 384}) == letterbox{500, 375, 512, 384, 64, 0});
  CHECK(make_letterbox({300, 200}, {100, 100}) == letterbox{300, 200, 100, 67, 0, 16});
  CHECK(make_letterbox({300, 200}, {100, 100}, kernels::letterbox_place::top_left) ==
        letterbox{300, 200, 100, 67, 0, 0});
  CHECK(make_letterbox({1000000, 1}, {64, 64}) == letterbox{1000000, 1, 64, 1, 0, 31});
  CHECK_THROWS_AS(make_letterbox({0, 5}, {64, 64}), kernels::error);
  CHECK_THROWS_AS(make_letterbox({5, 5}, {64, 1 << 20}), kernels::error);
}

TEST_CASE("letterbox: there and back") {
  const auto l = kernels::make_letterbox({1919, 1079}, {640, 512});
  for (int k = 0; k < 200; ++k) {
    const double x = 9.6 * k;
    const kernels::box<double> b{x, x / 2, x + 3, x + 5};
    const auto there = kernels::to_network(l, b);
    CHECK(there.left == doctest::Approx(x * l.content_width / 1919 + l.left));
    CHECK(there.bottom == doctest::Approx((x + 5) * l.content_height / 1079 + l.top));
    const auto back = kernels::to_source(l, there);
    CHECK(std::abs(back.left - b.left) < 1e-10);
    CHECK(std::abs(back.bottom - b.bottom) < 1e-10);
    const auto p = kernels::to_source(
        l, kernels::to_network(l, kernels::image_point<float>{static_cast<float>(x), 7.5F}));
    CHECK(std::abs(p.x - static_cast<float>(x)) < 1e-3F);
  }
}

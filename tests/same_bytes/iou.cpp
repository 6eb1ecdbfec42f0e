// box, iou, iou_match and rotated_iou.
#include "same_bytes.hpp"

#include <kernels/box.hpp>
#include <kernels/iou.hpp>
#include <kernels/iou_match.hpp>
#include <kernels/rotated_iou.hpp>

#include <cstdio>
#include <string>
#include <utility>

namespace {

using kernels::instruction_set;
using kernels::packed;
using same_bytes::expect;

constexpr std::int64_t kA = 37;
constexpr std::int64_t kB = 611;

template <class T>
std::vector<T> numbers(std::int64_t count, same_bytes::random& random) {
  std::vector<T> all;
  for (std::int64_t k = 0; k < count; ++k) {
    for (const int end : {300, 200, 90, 70}) all.push_back(static_cast<T>(random.unit() * end));
  }
  return all;
}

template <class T>
std::uint64_t boxes_hash(const kernels::on_cpu& exec) {
  same_bytes::random random;
  const auto in_a = numbers<T>(kA, random);
  const auto in_b = numbers<T>(kB, random);
  same_bytes::hash hash;
  for (const auto format : {kernels::box_format::xyxy, kernels::box_format::tlwh,
                            kernels::box_format::cxcywh, kernels::box_format::xyah}) {
    std::vector<kernels::box<T>> a(kA), b(kB);
    kernels::convert_boxes<T>(exec, packed(in_a.data(), {kA, 4}), format, packed(a.data(), {kA}));
    kernels::convert_boxes<T>(exec, packed(in_b.data(), {kB, 4}), format, packed(b.data(), {kB}));
    kernels::move_boxes<T>(exec, packed(b.data(), {kB}), packed(b.data(), {kB}),
                           {.scale_x = 1.1, .shift_y = -3.3, .clip_width = 310});
    hash.add(a);
    hash.add(b);
    std::vector<T> back(4 * kA);
    kernels::convert_boxes<T>(exec, packed(a.data(), {kA}), kernels::box_format::xyah,
                              packed(back.data(), {kA, 4}));
    if (format != kernels::box_format::xyxy) hash.add(back);  // there heights may be 0: NaN
    if (format == kernels::box_format::xyah) continue;
    for (int kind = 0; kind < 7; ++kind) {
      for (const auto convention :
           {kernels::pixel_convention::continuous, kernels::pixel_convention::inclusive}) {
        const auto overlap = static_cast<kernels::overlap>(kind);
        std::vector<T> out(kA * kB), values(kA * kB);
        kernels::pairwise_iou<T>(exec, packed(a.data(), {kA}), packed(b.data(), {kB}),
                                 packed(out.data(), {kA, kB}), {overlap, convention});
        hash.add(out);
        std::vector<std::int32_t> indices(kA * kB);
        std::vector<std::int64_t> row_offsets(kA + 1);
        kernels::iou_best_match<T>(exec, packed(a.data(), {kA}), packed(b.data(), {kB}),
                                   packed(values.data(), {kA}), packed(indices.data(), {kA}),
                                   {overlap, convention, 0.3});
        kernels::iou_matches<T>(exec, packed(b.data(), {kB}), packed(a.data(), {kA}),
                                packed(std::vector<std::int64_t>(kB + 1).data(), {kB + 1}),
                                packed(indices.data() + kA, {kA * kB - kA}),
                                packed(values.data() + kA, {kA * kB - kA}),
                                {overlap, convention, 0.2});
        hash.add(values);
        hash.add(indices);
      }
    }
  }
  return hash.value();
}

template <class T>
std::uint64_t rotated_hash(const kernels::on_cpu& exec) {
  same_bytes::random random;
  std::vector<kernels::rotated_box<T>> boxes;
  for (std::int64_t k = 0; k < kA; ++k) {
    const auto number = [&](double end) { return static_cast<T>(random.unit() * end); };
    const T x = number(90), y = number(90), w = number(60), h = number(40);
    boxes.push_back({x, y, w, h, number(720) - 360});
  }
  std::vector<T> out(kA * kA);
  const auto view = packed(std::as_const(boxes).data(), {kA});
  kernels::rotated_pairwise_iou<T>(exec, view, view, packed(out.data(), {kA, kA}));
  same_bytes::hash hash;
  hash.add(out);
  return hash.value();
}

void run() {
  for (const auto isa :
       {instruction_set::portable, instruction_set::avx2, instruction_set::avx512}) {
    if (!kernels::cpu::supported(isa)) {
      std::printf("iou %-24s skipped: not on this processor\n", kernels::cpu::name(isa));
      continue;
    }
    for (const int threads : {1, 3}) {
      const kernels::on_cpu exec{.threads = threads, .isa = isa};
      const std::string with =
          std::string(" ") + kernels::cpu::name(isa) + ", " + std::to_string(threads) + " threads";
      expect(("iou float" + with).c_str(), 0x26d53368c253d5c1, boxes_hash<float>(exec));
      expect(("iou double" + with).c_str(), 0x55588dd9dbcc6388, boxes_hash<double>(exec));
      expect(("rotated_iou float" + with).c_str(), 0xfe026fced4935acc, rotated_hash<float>(exec));
      expect(("rotated_iou double" + with).c_str(), 0x94f1ab1d148b32ec, rotated_hash<double>(exec));
    }
  }
}

const same_bytes::operation registered("iou", run);

}  // namespace

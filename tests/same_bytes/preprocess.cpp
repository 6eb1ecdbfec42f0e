// preprocess.
#include "same_bytes.hpp"

#include <kernels/preprocess.hpp>

#include <cstdio>
#include <utility>

namespace {

using kernels::instruction_set;

template <class Out>
void run(const char* name, std::uint64_t expected) {
  same_bytes::random random;
  std::vector<std::uint8_t> frames(2 * 97 * 211 * 3);
  for (auto& b : frames) b = static_cast<std::uint8_t>(random.next() >> 24);
  const std::vector<kernels::preprocess_region> regions = {
      {0, {0, 0, 211, 97}}, {1, {3.7F, -2.3F, 150.1F, 80.9F}}, {1, {100, 50, 113, 77.5F}}};
  for (const auto isa :
       {instruction_set::portable, instruction_set::avx2, instruction_set::avx512}) {
    if (!kernels::cpu::supported(isa)) {
      std::printf("%s %-24s skipped: not on this processor\n", name, kernels::cpu::name(isa));
      continue;
    }
    same_bytes::hash hash;
    for (const bool letterbox : {false, true}) {
      std::vector<Out> out(3 * 3 * 130 * 141);
      kernels::preprocess(
          {.threads = 3, .isa = isa},
          kernels::packed(std::as_const(frames).data(), {2, 97, 211, 3}), regions,
          kernels::packed(out.data(), {3, 3, 130, 141}),
          {.fit = letterbox ? kernels::preprocess_fit::letterbox : kernels::preprocess_fit::stretch,
           .swap_channels = letterbox,
           .mean = {0.485F, 0.456F, 0.406F},
           .std = {0.229F, 0.224F, 0.225F}});
      hash.add(out);
    }
    char what[64];
    std::snprintf(what, sizeof what, "%s %s", name, kernels::cpu::name(isa));
    same_bytes::expect(what, expected, hash.value());
  }
}

const same_bytes::operation registered("preprocess", [] {
  run<float>("preprocess f32", 0xb69302e909939a47);
  run<kernels::half>("preprocess f16", 0x1d82b28ccc99115f);
});

}  // namespace

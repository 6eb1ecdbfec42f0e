// classify on the CPU: the similarities of some rows with all classes at a time, then each row's
// softmax and best classes while they are in the cache.
#pragma once

#include <kernels/cpu/class_weights.hpp>
#include <kernels/cpu/cosine.hpp>
#include <kernels/math/classify.hpp>

namespace kernels::inline KERNELS_ABI::cpu {

/// The `top` best of n classes in order, by insertion; returns how many there are.
inline std::int64_t best_classes(const float* similarities, std::int64_t n, std::int64_t top,
                                 std::int32_t* classes) {
  std::int64_t count = 0;
  float worst = 0;  // of those kept
  for (std::int64_t k = 0; k < n; ++k) {
    const float s = similarities[k];
    if (count == top && !(s > worst)) continue;
    if (!(s >= -1.0F)) continue;  // a class that matches nothing
    std::int64_t place = count < top ? count++ : top - 1;
    for (; place > 0 && s > similarities[classes[place - 1]]; --place) {
      classes[place] = classes[place - 1];
    }
    classes[place] = static_cast<std::int32_t>(k);
    worst = similarities[classes[count - 1]];
  }
  return count;
}

template <class T>
void classify(on_cpu exec, const view<const T, 2>& rows, const view<const T, 2>& classes,
              const classify_outputs<>& out, const classify_params& params) {
  const std::int64_t top = out.classes.extent[1];
  if (rows.extent[0] == 0 || top == 0) return;
  constexpr float kNone = -std::numeric_limits<float>::infinity();
  const instruction_set isa = choose(exec.isa);
  const packed_rows left(exec, rows, true);
  const packed_rows right(exec, classes, true);
  const dot_tile_function tile = dot_tile_for<false>(isa);
  const class_weights_function weigh = class_weights_for(isa);
  const std::int64_t count = right.count();
  const std::int64_t pitch = (count + math::kDotLanes - 1) / math::kDotLanes * math::kDotLanes;
  std::vector<std::int64_t> not_finite;
  for (std::int64_t c = 0; c < count; ++c) {
    if (right.state(c) == row_state::not_finite) not_finite.push_back(c);
  }
  constexpr std::int64_t kFloats = 64 * 1024;  // of similarities at a time
  const std::int64_t chunk =
      std::clamp<std::int64_t>(kFloats / std::max<std::int64_t>(pitch, 1), 4, 48);

  parallel_for(exec, (left.count() + chunk - 1) / chunk, [&](std::int64_t block) {
    const std::int64_t first = block * chunk;
    const std::int64_t some = std::min(chunk, left.count() - first);
    buffer<float> similarities(some * pitch);
    buffer<float> weights(pitch);
    tile(left.row(first), left.stride(), some, right.row(0), right.stride(), count, left.stride(),
         similarities.data(), pitch);
    for (std::int64_t i = 0; i < some; ++i) {
      float* s = similarities.data() + i * pitch;
      for (std::int64_t c = 0; c < count; ++c) s[c] = math::clamp_similarity(s[c]);
      for (const std::int64_t c : not_finite) s[c] = kNone;
      std::fill(s + count, s + pitch, kNone);
      const std::int64_t r = first + i;
      std::int32_t best[kClassifyMostTop];
      const std::int64_t found =
          left.state(r) == row_state::not_finite ? 0 : best_classes(s, count, top, best);
      const double sum =
          found == 0 ? 1.0 : weigh(s, count, s[best[0]], params.temperature, weights.data());
      for (std::int64_t k = 0; k < top; ++k) {
        const bool is = k < found;
        const auto put = [&](const auto& to, auto value) {
          if (to.data != nullptr) to.data[r * to.stride[0] + k * to.stride[1]] = value;
        };
        put(out.classes, is ? best[k] : -1);
        put(out.similarities, is ? s[best[k]] : kNone);
        put(out.probabilities, is ? math::class_probability(weights.data()[best[k]], sum) : 0.0F);
      }
    }
  });
}

}  // namespace kernels::inline KERNELS_ABI::cpu

// preprocess on the CPU: bands of rows of all regions in parallel. In a band, each row of the
// frame that is needed is resampled across once, and two of them make an output row.
#pragma once

#include <kernels/core/view.hpp>
#include <kernels/cpu/parallel.hpp>
#include <kernels/cpu/preprocess_loops.hpp>

#include <vector>

namespace kernels::inline KERNELS_ABI::cpu {

/// One region of a call, a band at a time.
template <class Out>
class preprocess_worker {
 public:
  preprocess_worker(const preprocess_loops<Out>& loops, const math::preprocess_scale& scale,
                    bool swap, const view<const std::uint8_t, 3>& frame,
                    const math::preprocess_place& place, const view<Out, 3>& output)
      : loops_(loops),
        scale_(scale),
        swap_(swap),
        frame_(frame),
        place_(place),
        output_(output),
        content_(std::max<std::int64_t>(place.x.content, 1)),
        sums_(static_cast<std::size_t>(6 * content_)) {
    if (place.x.content > 0) find_columns();
  }

  /// Output rows first … end−1.
  void rows(std::int64_t first, std::int64_t end) {
    for (std::int64_t j = first; j < end; ++j) {
      const std::int64_t i = j - place_.y.place;
      if (i < 0 || i >= place_.y.content || place_.x.content == 0) {
        for (int c = 0; c < 3; ++c) pad(c, j, 0, output_.extent[2]);
      } else {
        row(j, static_cast<std::int32_t>(i));
      }
    }
  }

 private:
  void row(std::int64_t j, std::int32_t i) {
    const auto tap =
        math::preprocess_tap_at(math::preprocess_coordinate(place_.y, i), frame_.extent[0]);
    const std::int32_t* upper =
        across(tap.fraction == math::kPreprocessOne ? tap.index + 1 : tap.index);
    const bool one_row = tap.fraction == 0 || tap.fraction == math::kPreprocessOne;
    const std::int32_t* lower = one_row ? upper : across(tap.index + 1);
    const std::int64_t left = place_.x.place;
    for (int c = 0; c < 3; ++c) {
      const std::int64_t from = (swap_ ? 2 - c : c) * content_;
      pad(c, j, 0, left);
      loops_.down(upper + from, lower + from, one_row ? 0 : tap.fraction, scale_.scale[c],
                  scale_.offset[c], content_, at(c, j) + left);
      pad(c, j, left + content_, output_.extent[2]);
    }
  }

  /// Sums across a row of the frame; the last two are kept.
  const std::int32_t* across(std::int64_t y) {
    for (const int k : {0, 1}) {
      if (held_[k] == y) {
        older_ = 1 - k;
        return sums_.data() + 3 * k * content_;
      }
    }
    const int k = older_;
    held_[k] = y;
    older_ = 1 - k;
    std::int32_t* sums = sums_.data() + 3 * k * content_;
    const std::uint8_t* from = frame_.data + y * frame_.stride[0];
    if (frame_.extent[1] == 1) {
      for (int c = 0; c < 3; ++c) {
        std::fill_n(sums + c * content_, content_, from[c] * math::kPreprocessOne);
      }
    } else {
      loops_.across(from,
                    {offsets_.data(), weights_.data(), static_cast<std::int64_t>(offsets_.size()),
                     long_reads_},
                    {sums, content_});
    }
    return sums;
  }

  /// math::preprocess_coordinate of all columns, dividing once.
  void find_columns() {
    const auto& axis = place_.x;
    const std::int64_t by = 2 * std::int64_t{axis.content};
    const std::int64_t step = 2 * axis.size / by;
    const std::int64_t step_rest = 2 * axis.size % by;
    std::int64_t whole = axis.size / by;
    std::int64_t rest = axis.size % by;
    offsets_.resize(static_cast<std::size_t>(content_));
    weights_.resize(offsets_.size());
    for (std::size_t i = 0; i < offsets_.size(); ++i) {
      const auto tap = math::preprocess_tap_at(axis.start + whole - 32768, frame_.extent[1]);
      offsets_[i] = 3 * tap.index;
      weights_[i] = static_cast<std::uint32_t>(math::kPreprocessOne - tap.fraction) |
                    static_cast<std::uint32_t>(tap.fraction) << 16;
      if (3 * std::int64_t{tap.index} + 8 <= 3 * frame_.extent[1]) {
        long_reads_ = static_cast<std::int64_t>(i) + 1;
      }
      whole += step;
      rest += step_rest;
      if (rest >= by) {
        rest -= by;
        ++whole;
      }
    }
  }

  [[nodiscard]] Out* at(int c, std::int64_t j) const {
    return output_.data + c * output_.stride[0] + j * output_.stride[1];
  }
  void pad(int c, std::int64_t j, std::int64_t first, std::int64_t end) {
    std::fill(at(c, j) + first, at(c, j) + end,
              math::preprocess_value<Out>(scale_.pad[c], scale_.scale[c], scale_.offset[c]));
  }

  preprocess_loops<Out> loops_;
  math::preprocess_scale scale_;
  bool swap_;
  view<const std::uint8_t, 3> frame_;
  math::preprocess_place place_;
  view<Out, 3> output_;
  std::int64_t content_;
  std::vector<std::int32_t> sums_, offsets_;
  std::vector<std::uint32_t> weights_;
  std::int64_t long_reads_ = 0;
  std::int64_t held_[2] = {-1, -1};
  int older_ = 0;
};

template <class Out>
void preprocess(on_cpu exec, const view<const std::uint8_t, 4>& frames,
                const view<const preprocess_region, 1>& regions, const view<Out, 4>& output,
                const preprocess_options& options, const math::preprocess_scale& scale) {
  constexpr std::int64_t kBand = 64;
  const auto loops = choose_preprocess<Out>(choose(exec.isa));
  const std::int64_t bands = (output.extent[2] + kBand - 1) / kBand;
  parallel_for(exec, output.extent[0] * bands, [&](std::int64_t k) {
    const std::int64_t r = k / bands;
    const preprocess_region& region = regions.data[r * regions.stride[0]];
    // a batch of empty frames has no pixel to read
    const auto place = math::preprocess_locate(region, frames.size() == 0 ? 0 : frames.extent[0],
                                               static_cast<std::int32_t>(output.extent[3]),
                                               static_cast<std::int32_t>(output.extent[2]),
                                               options.fit, options.place);
    preprocess_worker<Out> worker(loops, scale, options.swap_channels,
                                  place.x.content > 0 ? frames[region.frame] : frames[0], place,
                                  output[r]);
    worker.rows(k % bands * kBand, std::min((k % bands + 1) * kBand, output.extent[2]));
  });
}

}  // namespace kernels::inline KERNELS_ABI::cpu

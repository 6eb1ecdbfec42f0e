// nms on the CPU: groups in parallel; in each, order by score, divide by class, suppress.
#pragma once

#include <kernels/core/view.hpp>
#include <kernels/cpu/nms_loops.hpp>
#include <kernels/cpu/nms_sort.hpp>
#include <kernels/cpu/parallel.hpp>

namespace kernels::inline KERNELS_ABI::cpu {

/// The arrays of a call; no classes: one class.
template <class T>
struct nms_arrays {
  view<const box<T>, 1> boxes;
  view<const T, 1> scores;
  view<const std::int32_t, 1> classes, offsets;
  view<std::int32_t, 1> kept, counts;

  [[nodiscard]] std::int64_t groups() const { return counts.extent[0]; }
  [[nodiscard]] std::int64_t start(std::int64_t group) const {
    if (offsets.extent[0] == 0) return group == 0 ? 0 : boxes.extent[0];
    return offsets.data[group * offsets.stride[0]];
  }
};

/// Suppresses one group after another, keeping its memory.
template <class T>
class nms_worker {
 public:
  nms_worker(instruction_set isa, const nms_options& options)
      : greedy_(choose_greedy(isa)), options_(options) {}

  void run(const nms_arrays<T>& in, std::int64_t group) {
    const std::int64_t first = in.start(group);
    const std::int64_t size = in.start(group + 1) - first;
    order_by_score(in, first, size);
    const auto n = static_cast<std::int64_t>(by_score_.size());
    const std::int64_t limit = options_.max_kept > 0 ? options_.max_kept : n;
    boxes_.resize(by_score_.size());
    keep_.resize(by_score_.size());
    if (in.classes.data == nullptr) {
      for (std::size_t k = 0; k < boxes_.size(); ++k) boxes_[k] = box_at(in, by_score_[k].index);
      suppress(0, n, limit);
    } else {
      suppress_by_class(in, n, limit);
    }
    std::int64_t kept = 0;
    for (std::int64_t k = 0; k < n && kept < limit; ++k) {
      if (keep_[static_cast<std::size_t>(k)] == 0) continue;
      in.kept.data[(first + kept++) * in.kept.stride[0]] =
          by_score_[static_cast<std::size_t>(k)].index;
    }
    in.counts.data[group * in.counts.stride[0]] = static_cast<std::int32_t>(kept);
    for (; kept < size; ++kept) in.kept.data[(first + kept) * in.kept.stride[0]] = -1;
  }

 private:
  using bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  using greedy_loop = std::int64_t (*)(const box<T>*, std::int64_t, std::int64_t, T,
                                       pixel_convention, nms_grid<T>&, std::uint8_t*);

  static greedy_loop choose_greedy(instruction_set isa) {
#if KERNELS_X86
    if (isa == instruction_set::avx512) return &avx512::greedy<T>;
    if (isa == instruction_set::avx2) return &avx2::greedy<T>;
#endif
    static_cast<void>(isa);
    return &portable::greedy<T>;
  }

  static const box<T>& box_at(const nms_arrays<T>& in, std::int32_t index) {
    return in.boxes.data[index * in.boxes.stride[0]];
  }

  void order_by_score(const nms_arrays<T>& in, std::int64_t first, std::int64_t size) {
    const T threshold = static_cast<T>(options_.score_threshold);
    by_score_.clear();
    for (std::int64_t k = first; k < first + size; ++k) {
      const T score = in.scores.data[k * in.scores.stride[0]];
      const auto index = static_cast<std::int32_t>(k);
      if (!math::nms_takes_part(box_at(in, index), score, threshold)) continue;
      by_score_.push_back({nms_descending_key(score), index});
    }
    nms_sort(by_score_, spare_);
  }

  void suppress(std::int64_t first, std::int64_t count, std::int64_t limit) {
    greedy_(boxes_.data() + first, count, limit, static_cast<T>(options_.iou_threshold),
            options_.convention, grid_, keep_.data() + first);
  }

  /// Each class by itself, its boxes side by side and still in order of score.
  void suppress_by_class(const nms_arrays<T>& in, std::int64_t n, std::int64_t limit) {
    by_class_.clear();
    for (std::int64_t k = 0; k < n; ++k) {
      const std::int32_t index = by_score_[static_cast<std::size_t>(k)].index;
      const auto key = static_cast<std::uint32_t>(in.classes.data[index * in.classes.stride[0]]);
      by_class_.push_back({key, static_cast<std::int32_t>(k)});
    }
    nms_sort(by_class_, spare_classes_);
    for (std::size_t k = 0; k < by_class_.size(); ++k) {
      boxes_[k] = box_at(in, by_score_[static_cast<std::size_t>(by_class_[k].index)].index);
    }
    for (std::int64_t k = 0; k < n;) {
      std::int64_t end = k + 1;
      while (end < n && by_class_[static_cast<std::size_t>(end)].key ==
                            by_class_[static_cast<std::size_t>(k)].key) {
        ++end;
      }
      suppress(k, end - k, limit);
      k = end;
    }
    in_order_.resize(keep_.size());
    for (std::size_t k = 0; k < keep_.size(); ++k) {
      in_order_[static_cast<std::size_t>(by_class_[k].index)] = keep_[k];
    }
    keep_.swap(in_order_);
  }

  greedy_loop greedy_;
  nms_options options_;
  std::vector<nms_entry<bits>> by_score_, spare_;
  std::vector<nms_entry<std::uint32_t>> by_class_, spare_classes_;
  std::vector<box<T>> boxes_;
  std::vector<std::uint8_t> keep_, in_order_;
  nms_grid<T> grid_;
};

template <class T>
void nms(on_cpu exec, const nms_arrays<T>& in, const nms_options& options) {
  const instruction_set isa = choose(exec.isa);
  constexpr std::int64_t kBoxes = 4096;  // of one piece of work, at least
  std::vector<std::int64_t> pieces = {0};
  for (std::int64_t g = 1; g <= in.groups(); ++g) {
    if (g == in.groups() || in.start(g) - in.start(pieces.back()) >= kBoxes) pieces.push_back(g);
  }
  parallel_for(exec, static_cast<std::int64_t>(pieces.size()) - 1, [&](std::int64_t p) {
    nms_worker<T> worker(isa, options);
    const auto piece = static_cast<std::size_t>(p);
    for (std::int64_t g = pieces[piece]; g < pieces[piece + 1]; ++g) worker.run(in, g);
  });
}

}  // namespace kernels::inline KERNELS_ABI::cpu

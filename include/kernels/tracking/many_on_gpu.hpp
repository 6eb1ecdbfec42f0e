// The machines of many cameras stepped together: lists on the host, filters, prices and assignments
// of all cameras on the GPU, a handful of launches a step whatever the number of cameras.
#pragma once

#include <kernels/core/workspace.hpp>
#include <kernels/cpu/parallel.hpp>
#include <kernels/tracking/associate.hpp>
#include <kernels/tracking/many_filters.hpp>

#include <span>
#include <vector>

namespace kernels::inline KERNELS_ABI {

/// One camera's frame.
struct camera_frame {
  std::span<const detection> detections;
  frame_context context = {};
};

namespace tracking {

/// The associations of all cameras, answered in one sequence of launches: boxes of the filters,
/// prices, assignment, and taking apart.
template <class Model, memory Memory>
class many_associations {
 public:
  /// Prices of all cameras together: one gigabyte of them.
  static constexpr std::int64_t kMostPairs = std::int64_t{1} << 27;

  /// Cameras are left to the host where there would be more pairs than that.
  explicit many_associations(std::int64_t most_pairs) : most_pairs_(most_pairs) {}

  /// One camera: its work, and its detections.
  void add(std::size_t camera, association& a, const frame_detections& d, const slot_map& slots) {
    if (camera == 0) clear();
    rules_ = a.rules;
    const std::size_t pairs = a.rows.size() * a.columns.size();
    on_host_.push_back(a.masks != nullptr || pairs > associator::kMostPairs ||
                       pairs_ + static_cast<std::int64_t>(pairs) > most_pairs_);
    for (const auto s : a.row_slots) row_slots_.push(slots.global(camera, s));
    if (a.row_slots.empty()) {
      for (const auto& b : a.row_boxes) row_boxes_.push(b);
    }
    for (const auto c : a.row_classes) row_classes_.push(c);
    for (const auto& t : a.row_directions) row_directions_.push(t);
    rows_ += static_cast<std::int32_t>(a.rows.size());
    row_offsets_.push(rows_);
    if (!on_host_.back()) {
      for (const auto c : a.columns) {
        const auto k = static_cast<std::size_t>(c);
        column_boxes_.push(d.boxes[k]);
        column_scores_.push(d.weights[k]);
        column_classes_.push(d.classes[k]);
      }
      columns_ += static_cast<std::int32_t>(a.columns.size());
      pairs_ += static_cast<std::int64_t>(pairs);
    }
    column_offsets_.push(columns_);
    offsets_.push(pairs_);
    if (!a.appearance.empty() && !on_host_.back()) {
      // cameras before this one had none
      while (appearance_.size() < pairs_ - std::ssize(a.appearance)) appearance_.push(kNaN);
      appearance_limits_ = a.appearance_limits;
      for (const auto x : a.appearance) appearance_.push(x);
    }
  }

  /// After all cameras were added. Fills row_boxes and match of each.
  void solve(on_gpu exec, many_filters<Model, Memory>& filters, std::vector<work>& all) {
    if (rows_ == 0) {
      for (auto& w : all) w.stage.match.clear();
      return;
    }
    device_view<const box<double>, 1> boxes;
    const bool from_filters = !row_slots_.empty();
    if (from_filters) {
      filter_boxes_.resize(rows_);
      const auto room = seen_by_kernels(filter_boxes_, rows_);
      filters.boxes(row_slots_.upload_to(exec), room);
      boxes = room;
    } else {
      boxes = row_boxes_.upload_to(exec);
    }
    launch_all(exec, boxes);
    host_match_.resize(static_cast<std::size_t>(rows_));
    download(match_, host_match_, exec);
    if (from_filters) {
      host_boxes_.resize(static_cast<std::size_t>(rows_));
      download(filter_boxes_, host_boxes_, exec);
    }
    wait(exec);
    std::size_t next = 0;
    for (auto& w : all) {
      association& a = w.stage;
      const std::size_t rows = a.rows.size();
      const auto first = static_cast<std::ptrdiff_t>(next);
      const auto last = static_cast<std::ptrdiff_t>(next + rows);
      a.match.assign(host_match_.begin() + first, host_match_.begin() + last);
      if (from_filters) a.row_boxes.assign(host_boxes_.begin() + first, host_boxes_.begin() + last);
      next += rows;
    }
  }

  /// Is this camera's association left to the host?
  [[nodiscard]] bool on_host(std::size_t camera) const { return on_host_[camera]; }

  static void wait([[maybe_unused]] on_gpu exec) {
#if KERNELS_HAS_CUDA
    check_cuda(cudaStreamSynchronize(exec.stream), "multi_tracker");
#endif
  }

  template <class T>
  static void download(buffer<T, Memory>& from, std::vector<T>& to, on_gpu exec) {
    const auto size = static_cast<std::int64_t>(to.size());
    copy(packed<buffer<T, Memory>::kSpace>(from.data(), {size}), packed(to.data(), {size}), exec);
  }

 private:
  static constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

  void clear() {
    rows_ = columns_ = 0;
    pairs_ = 0;
    on_host_.clear();
    row_slots_.clear();
    row_boxes_.clear();
    row_classes_.clear();
    row_directions_.clear();
    column_boxes_.clear();
    column_scores_.clear();
    column_classes_.clear();
    appearance_.clear();
    row_offsets_.clear();
    column_offsets_.clear();
    offsets_.clear();
    row_offsets_.push(0);
    column_offsets_.push(0);
    offsets_.push(0);
  }

  void launch_all(on_gpu exec, const device_view<const box<double>, 1>& boxes) {
    prices_.resize(std::max<std::int64_t>(pairs_, 1));
    match_.resize(rows_);
    column_match_.resize(std::max(columns_, 1));
    const auto row_offsets = row_offsets_.upload_to(exec);
    const auto column_offsets = column_offsets_.upload_to(exec);
    const auto offsets = offsets_.upload_to(exec);
    priced_batch batch;
    batch.rules = rules_;
    batch.appearance_limits = appearance_limits_;
    batch.problems = row_offsets.extent[0] - 1;
    batch.row_offsets = row_offsets.data;
    batch.column_offsets = column_offsets.data;
    batch.offsets = offsets.data;
    batch.row_boxes = boxes.data;
    batch.row_classes = row_classes_.upload_to(exec).data;
    if (!row_directions_.empty()) batch.row_directions = row_directions_.upload_to(exec).data;
    batch.column_boxes = column_boxes_.upload_to(exec).data;
    batch.column_scores = column_scores_.upload_to(exec).data;
    batch.column_classes = column_classes_.upload_to(exec).data;
    if (!appearance_.empty()) {
      while (appearance_.size() < pairs_) appearance_.push(kNaN);
      batch.appearance = appearance_.upload_to(exec).data;
    }
    batch.prices = prices_.data();
    batch.match = match_.data();
    gpu::tracker_prices<0>(exec.stream, batch);
    const std::int64_t bytes = assignment_workspace_bytes<double>(exec, rows_, columns_);
    const ragged_costs<double, space::device> costs{
        device_view<const double, 1>{prices_.data(), {pairs_}, {1}}, offsets};
    assign(exec, costs, assignment_problems<space::device>{row_offsets, column_offsets},
           seen_by_kernels(match_, rows_), seen_by_kernels(column_match_, columns_),
           assignment_parameters<double>{rules_.limit}, scratch(bytes));
    if (rules_.least_iou > 0 || rules_.apart) gpu::tracker_take_apart<0>(exec.stream, batch);
  }

  /// Aligned to 256, which memory on the host need not be.
  device_view<std::byte, 1> scratch(std::int64_t bytes) {
    constexpr std::int64_t kAlignment = workspace_carver::kAlignment;
    scratch_.resize(bytes + kAlignment);
    const auto past = static_cast<std::int64_t>(reinterpret_cast<std::uintptr_t>(scratch_.data()) %
                                                static_cast<std::uintptr_t>(kAlignment));
    return {scratch_.data() + (kAlignment - past) % kAlignment, {bytes}, {1}};
  }

  std::int64_t most_pairs_;
  association_rules rules_;
  appearance_rules appearance_limits_;
  std::vector<bool> on_host_;
  std::int32_t rows_ = 0, columns_ = 0;
  std::int64_t pairs_ = 0;
  uploaded_list<std::int32_t, Memory> row_slots_, row_classes_, column_classes_, row_offsets_,
      column_offsets_;
  uploaded_list<std::int64_t, Memory> offsets_;
  uploaded_list<box<double>, Memory> row_boxes_, column_boxes_;
  uploaded_list<double, Memory> column_scores_, appearance_;
  uploaded_list<math::track_direction, Memory> row_directions_;
  buffer<box<double>, Memory> filter_boxes_;
  buffer<double, Memory> prices_;
  buffer<std::int32_t, Memory> match_, column_match_;
  buffer<std::byte, Memory> scratch_;
  std::vector<std::int32_t> host_match_;
  std::vector<box<double>> host_boxes_;
};

template <class Machine, class Model, memory Memory>
class many_on_gpu {
  using associations = many_associations<Model, Memory>;

 public:
  many_on_gpu(on_gpu exec, std::size_t cameras, const typename Machine::rules& rules,
              std::int64_t most_pairs = associations::kMostPairs)
      : exec_(exec),
        machines_(cameras, Machine(rules)),
        works_(cameras),
        updates_(cameras),
        filters_(exec, cameras),
        associations_(most_pairs) {}

  [[nodiscard]] std::size_t cameras() const { return machines_.size(); }
  [[nodiscard]] Machine& machine(std::size_t camera) { return machines_.at(camera); }

  /// Frames have been checked. Errors: kernels::error, before anything changes, for a crowd.
  std::span<const track_update> update(std::span<const camera_frame> frames) {
    bool may_be_crowded = false;
    for (std::size_t c = 0; c < machines_.size(); ++c) {
      may_be_crowded = may_be_crowded ||
                       machines_[c].tracks() * frames[c].detections.size() > associator::kMostPairs;
    }
    if (!may_be_crowded) return step(frames);
    const std::vector<Machine> before = machines_;
    filters_.save();
    try {
      return step(frames);
    } catch (...) {
      machines_ = before;
      filters_.put_back();
      throw;
    }
  }

 private:
  std::span<const track_update> step(std::span<const camera_frame> frames) {
    each([&](std::size_t c) {
      machines_[c].begin(frames[c].detections, frames[c].context, works_[c]);
    });
    filters_.predict(works_);
    for (int stage = 0; stage < Machine::kStages; ++stage) {
      each([&](std::size_t c) { machines_[c].pose(stage, works_[c].stage); });
      for (std::size_t c = 0; c < machines_.size(); ++c) {
        associations_.add(c, works_[c].stage, machines_[c].detections(), filters_.slots());
      }
      associations_.solve(exec_, filters_, works_);
      for (std::size_t c = 0; c < machines_.size(); ++c) {
        if (associations_.on_host(c)) associator_.solve(works_[c].stage, machines_[c].detections());
      }
      each([&](std::size_t c) { machines_[c].consume(stage, works_[c].stage); });
    }
    each([&](std::size_t c) { machines_[c].settle(works_[c]); });
    filters_.settle(works_, [&](std::size_t c) { return machines_[c].slots(); });
    fetch_boxes();
    each([&](std::size_t c) { updates_[c] = machines_[c].finish(works_[c]); });
    return updates_;
  }

  /// On all cores: what is left to the host is lists.
  template <class Body>
  void each(const Body& body) {
    constexpr std::size_t kPiece = 32;
    const auto pieces = static_cast<std::int64_t>((machines_.size() + kPiece - 1) / kPiece);
    cpu::parallel_for(on_cpu(), pieces, [&](std::int64_t piece) {
      const auto first = static_cast<std::size_t>(piece) * kPiece;
      for (std::size_t c = first; c < std::min(machines_.size(), first + kPiece); ++c) body(c);
    });
  }

  void fetch_boxes() {
    wanted_.clear();
    for (std::size_t c = 0; c < machines_.size(); ++c) {
      for (const auto s : works_[c].wanted) wanted_.push(filters_.slots().global(c, s));
    }
    boxes_.resize(std::max<std::int64_t>(wanted_.size(), 1));
    host_boxes_.resize(static_cast<std::size_t>(wanted_.size()));
    filters_.boxes(wanted_.upload_to(exec_), seen_by_kernels(boxes_, wanted_.size()));
    associations::download(boxes_, host_boxes_, exec_);
    associations::wait(exec_);
    auto next = host_boxes_.begin();
    for (auto& w : works_) {
      const auto last = next + static_cast<std::ptrdiff_t>(w.wanted.size());
      w.boxes.assign(next, last);
      next = last;
    }
  }

  on_gpu exec_;
  std::vector<Machine> machines_;
  std::vector<work> works_;
  std::vector<track_update> updates_;
  many_filters<Model, Memory> filters_;
  associations associations_;
  associator associator_;
  uploaded_list<std::int32_t, Memory> wanted_;
  buffer<box<double>, Memory> boxes_;
  std::vector<box<double>> host_boxes_;
};

}  // namespace tracking
}  // namespace kernels::inline KERNELS_ABI

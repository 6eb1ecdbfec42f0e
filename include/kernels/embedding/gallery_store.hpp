// What a gallery holds, for one thread at a time: vectors in slots by order of enrolment,
// identities with linked lists of their slots, and the sums behind their profiles. Removed slots
// stay until they outnumber the others; then all move together, which keeps the order.
#pragma once

#include <kernels/cpu/parallel.hpp>
#include <kernels/embedding/gallery_profile.hpp>
#include <kernels/embedding/gallery_rows.hpp>
#include <kernels/embedding/gallery_types.hpp>
#include <kernels/embedding/packed_rows.hpp>

#include <atomic>
#include <span>
#include <string_view>
#include <unordered_map>

namespace kernels::inline KERNELS_ABI::gallery_detail {

struct identity {
  std::string label;
  std::int64_t first = -1, last = -1;  ///< slots; −1: none
  std::int64_t count = 0;              ///< 0: removed
};

struct text_hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>()(text);
  }
};

class store {
 public:
  [[nodiscard]] std::int64_t dimension() const { return dimension_; }
  [[nodiscard]] std::int64_t slots() const { return static_cast<std::int64_t>(ids_.size()); }
  [[nodiscard]] std::int64_t live() const { return slots() - removed_; }
  [[nodiscard]] bool has_removed() const { return removed_ > 0; }
  [[nodiscard]] std::int64_t next_id() const { return next_id_; }
  [[nodiscard]] const std::vector<identity>& identities() const { return identities_; }
  [[nodiscard]] std::int64_t live_identities() const {
    return static_cast<std::int64_t>(by_label_.size());
  }
  [[nodiscard]] std::int64_t id(std::int64_t slot) const { return ids_[at(slot)]; }
  /// Whose slot it is; −1: removed.
  [[nodiscard]] std::int32_t owner(std::int64_t slot) const { return owner_[at(slot)]; }
  [[nodiscard]] std::int64_t next(std::int64_t slot) const { return next_[at(slot)]; }
  [[nodiscard]] const rows_of<float>& raw() const { return raw_; }
  [[nodiscard]] const rows_of<float>& unit() const { return unit_; }
  [[nodiscard]] const rows_of<float>& profiles() const { return profiles_; }

  /// −1: nobody has that label.
  [[nodiscard]] std::int32_t find(std::string_view label) const {
    const auto found = by_label_.find(label);
    return found == by_label_.end() ? -1 : found->second;
  }
  /// −1: no vector has that id (any more).
  [[nodiscard]] std::int64_t slot_of(std::int64_t id) const {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? -1 : found->second;
  }

  void set_dimension(std::int64_t dimension) {
    dimension_ = dimension;
    raw_.set_stride(dimension);
    unit_.set_stride(padded());
    profiles_.set_stride(padded());
    sums_.set_stride(padded());
  }

  /// New vectors, row k for labels[k], or all for labels[0]: `raw` as given and `unit` the packed
  /// unit rows of it. Changes nothing if it throws.
  void append(on_cpu exec, std::span<const std::string_view> labels, const float* raw,
              const packed_rows& unit) {
    const std::int64_t count = unit.count();
    std::vector<std::int32_t> owners(static_cast<std::size_t>(count));
    std::vector<std::int32_t> touched;
    const std::size_t before = identities_.size();
    try {
      name(labels, owners, touched);
      reserve(slots() + count);
      for (std::int64_t k = 0; k < count; ++k) by_id_.emplace(next_id_ + k, slots() + k);
    } catch (...) {
      for (std::int64_t k = 0; k < count; ++k) by_id_.erase(next_id_ + k);
      for (std::size_t k = before; k < identities_.size(); ++k) {
        by_label_.erase(identities_[k].label);
      }
      identities_.resize(before);
      throw;
    }
    const std::int64_t first = slots();
    for (std::int64_t k = 0; k < count; ++k) {
      ids_.push_back(next_id_++);
      owner_.push_back(-1);
      next_.push_back(-1);
      previous_.push_back(-1);
      join(first + k, owners[at(k)]);
    }
    in_chunks(exec, count, [&](std::int64_t k) {
      std::copy_n(raw + k * dimension_, dimension_, raw_.row(first + k));
      std::copy_n(unit.row(k), padded(), unit_.row(first + k));
    });
    refresh(exec, touched, first);
  }

  /// Another vector in a slot: same id, same place, same identity.
  void replace(std::int64_t slot, const float* raw, const packed_rows& unit) {
    const std::int32_t whose = owner(slot);
    change_sums<-1>(unit_.row(slot), padded(), sums_.row(whose));
    std::copy_n(raw, dimension_, raw_.row(slot));
    std::copy_n(unit.row(0), padded(), unit_.row(slot));
    change_sums<1>(unit_.row(slot), padded(), sums_.row(whose));
    direction_of(sums_.row(whose), padded(), profiles_.row(whose));
  }

  void remove_slot(std::int64_t slot) noexcept {
    const std::int32_t whose = owner(slot);
    leave(slot);
    if (identities_[at(whose)].count > 0) {
      direction_of(sums_.row(whose), padded(), profiles_.row(whose));
    }
    compact_if_worth_it();
  }
  /// The slots of an identity up to and including `last`.
  void remove_first(std::int32_t whose, std::int64_t count) noexcept {
    for (; count > 0; --count) leave(identities_[at(whose)].first);
    if (identities_[at(whose)].count > 0) {
      direction_of(sums_.row(whose), padded(), profiles_.row(whose));
    }
    compact_if_worth_it();
  }

  /// Everything at once, into an empty store: rows that lie in a file at `offset`. Labels are
  /// valid and distinct, ids ascend, owners are in range: the caller saw to it. False: a row is not
  /// finite, or an identity has no row or too many.
  [[nodiscard]] bool load(on_cpu exec, mapping&& file, std::int64_t offset, std::int64_t dimension,
                          std::vector<std::int64_t>&& ids, std::vector<std::int32_t>&& owners,
                          std::vector<std::string>&& labels, std::int64_t next_id) {
    const auto count = static_cast<std::int64_t>(ids.size());
    set_dimension(dimension);
    raw_.use(std::move(file), offset, count, dimension);
    unit_.reserve(count, 0);
    next_.assign(at(count), -1);
    previous_.assign(at(count), -1);
    ids_ = std::move(ids);
    by_id_.reserve(at(count));
    for (std::int64_t k = 0; k < count; ++k) by_id_.emplace(id(k), k);
    owner_.assign(at(count), -1);
    next_id_ = next_id;
    reserve_identities(static_cast<std::int64_t>(labels.size()));
    for (std::string& label : labels) add_identity(std::move(label));
    for (std::int64_t r = 0; r < count; ++r) {
      if (identities_[at(owners[at(r)])].count == kMostVectors) return false;
      join(r, owners[at(r)]);
    }
    std::atomic<bool> finite = true;
    const auto normalize = cpu::normalize_row_for<float, float>(cpu::choose(exec.isa));
    in_chunks(exec, count, [&](std::int64_t r) {
      float* out = unit_.row(r);
      const row_state state = normalize(std::as_const(raw_).row(r), out, dimension_);
      std::fill(out + dimension_, out + padded(), 0.0F);
      if (state == row_state::not_finite) finite = false;
    });
    if (!finite) return false;
    std::vector<std::int32_t> all(identities_.size());
    for (std::size_t g = 0; g < all.size(); ++g) {
      if (identities_[g].count == 0) return false;
      all[g] = static_cast<std::int32_t>(g);
    }
    refresh(exec, all, 0);
    return true;
  }

 private:
  static std::size_t at(std::int64_t k) { return static_cast<std::size_t>(k); }
  [[nodiscard]] std::int64_t padded() const {
    return (dimension_ + math::kDotLanes - 1) / math::kDotLanes * math::kDotLanes;
  }

  /// Owners of new rows, with identities made for labels that are new, and who they are.
  void name(std::span<const std::string_view> labels, std::vector<std::int32_t>& owners,
            std::vector<std::int32_t>& touched) {
    std::vector<std::int64_t> news;  // rows an identity gets, by its place in `touched`
    std::unordered_map<std::int32_t, std::size_t> place;
    for (std::size_t k = 0; k < owners.size(); ++k) {
      const std::string_view label = labels.size() == 1 ? labels[0] : labels[k];
      std::int32_t whose =
          k > 0 && (labels.size() == 1 || labels[k] == labels[k - 1]) ? owners[k - 1] : find(label);
      if (whose < 0) {
        if (identities_.size() >= std::size_t{1} << 30) {
          refuse("gallery", "identities", "at most 2^30", "more");
        }
        reserve_identities(static_cast<std::int64_t>(identities_.size()) + 1);
        whose = add_identity(std::string(label));
      }
      owners[k] = whose;
      const auto [found, first] = place.try_emplace(whose, touched.size());
      if (first) {
        touched.push_back(whose);
        news.push_back(0);
      }
      if (identities_[at(whose)].count + ++news[found->second] > kMostVectors) {
        refuse("gallery", "vectors of " + std::string(label),
               "at most " + std::to_string(kMostVectors), "more");
      }
    }
  }

  std::int32_t add_identity(std::string&& label) {
    const auto number = static_cast<std::int32_t>(identities_.size());
    identities_.push_back({std::move(label), -1, -1, 0});
    by_label_.emplace(identities_.back().label, number);
    std::fill_n(sums_.row(number), padded(), 0);
    std::fill_n(profiles_.row(number), padded(), 0.0F);
    return number;
  }

  void reserve_identities(std::int64_t count) {
    const auto used = static_cast<std::int64_t>(identities_.size());
    sums_.reserve(count, used);
    profiles_.reserve(count, used);
  }
  void reserve(std::int64_t count) {
    raw_.reserve(count, slots());
    unit_.reserve(count, slots());
    if (at(count) <= ids_.capacity() && at(count) <= previous_.capacity()) return;
    const std::size_t wanted = std::max(at(count), ids_.size() + ids_.size() / 2);
    ids_.reserve(wanted);
    owner_.reserve(wanted);
    next_.reserve(wanted);
    previous_.reserve(wanted);
  }

  /// A slot whose rows are there becomes the last of an identity.
  void join(std::int64_t slot, std::int32_t whose) {
    identity& who = identities_[at(whose)];
    owner_[at(slot)] = whose;
    previous_[at(slot)] = who.last;
    next_[at(slot)] = -1;
    (who.last >= 0 ? next_[at(who.last)] : who.first) = slot;
    who.last = slot;
    ++who.count;
  }

  void leave(std::int64_t slot) noexcept {
    const std::int32_t whose = owner(slot);
    identity& who = identities_[at(whose)];
    const std::int64_t before = previous_[at(slot)], after = next_[at(slot)];
    (before >= 0 ? next_[at(before)] : who.first) = after;
    (after >= 0 ? previous_[at(after)] : who.last) = before;
    owner_[at(slot)] = -1;
    by_id_.erase(id(slot));
    ++removed_;
    change_sums<-1>(unit_.row(slot), padded(), sums_.row(whose));
    if (--who.count == 0) by_label_.erase(by_label_.find(std::string_view(who.label)));
  }

  /// Sums and profiles of identities that have got slots from `first` on.
  void refresh(on_cpu exec, const std::vector<std::int32_t>& who, std::int64_t first) {
    in_chunks(exec, static_cast<std::int64_t>(who.size()), [&](std::int64_t k) {
      const std::int32_t g = who[at(k)];
      for (std::int64_t s = identities_[at(g)].last; s >= first; s = previous_[at(s)]) {
        change_sums<1>(unit_.row(s), padded(), sums_.row(g));
      }
      direction_of(sums_.row(g), padded(), profiles_.row(g));
    });
  }

  template <class Body>
  static void in_chunks(on_cpu exec, std::int64_t count, const Body& body) {
    constexpr std::int64_t kChunk = 64;
    cpu::parallel_for(exec, (count + kChunk - 1) / kChunk, [&](std::int64_t c) {
      for (std::int64_t k = c * kChunk; k < std::min(count, (c + 1) * kChunk); ++k) body(k);
    });
  }

  /// Moves what is left together once the removed slots are more than that: each removal pays for
  /// at most one move.
  void compact_if_worth_it() noexcept {
    if (removed_ < kFewSlots || removed_ <= live()) return;
    std::int64_t to = 0;
    for (std::int64_t g = 0; g < static_cast<std::int64_t>(identities_.size()); ++g) {
      identity& who = identities_[at(g)];
      if (who.count == 0) continue;
      // the owner of a slot is found through its identity's list, by its new number
      for (std::int64_t s = who.first; s >= 0; s = next_[at(s)]) {
        owner_[at(s)] = static_cast<std::int32_t>(to);
      }
      if (to != g) {
        by_label_.find(std::string_view(who.label))->second = static_cast<std::int32_t>(to);
        sums_.move_row(g, to);
        profiles_.move_row(g, to);
        identities_[at(to)] = std::move(who);
      }
      ++to;
    }
    identities_.resize(at(to));
    for (identity& who : identities_) who.first = who.last = -1;
    const std::int64_t all = slots();
    std::int64_t slot = 0;
    for (std::int64_t s = 0; s < all; ++s) {
      const std::int32_t whose = owner(s);
      if (whose < 0) continue;
      if (slot != s) {
        raw_.move_row(s, slot);
        unit_.move_row(s, slot);
      }
      ids_[at(slot)] = ids_[at(s)];
      by_id_.find(id(s))->second = slot;
      owner_[at(slot)] = whose;
      identity& who = identities_[at(whose)];
      previous_[at(slot)] = who.last;
      next_[at(slot)] = -1;
      (who.last >= 0 ? next_[at(who.last)] : who.first) = slot;
      who.last = slot;
      ++slot;
    }
    ids_.resize(at(slot));
    owner_.resize(at(slot));
    next_.resize(at(slot));
    previous_.resize(at(slot));
    removed_ = 0;
  }

  static constexpr std::int64_t kFewSlots = 64;

  std::int64_t dimension_ = 0, removed_ = 0, next_id_ = 0;
  rows_of<float> raw_, unit_;  // by slot
  std::vector<std::int64_t> ids_, next_, previous_;
  std::vector<std::int32_t> owner_;
  std::vector<identity> identities_;
  rows_of<float> profiles_;  // by identity
  rows_of<std::int64_t> sums_;
  std::unordered_map<std::string, std::int32_t, text_hash, std::equal_to<>> by_label_;
  std::unordered_map<std::int64_t, std::int64_t> by_id_;  // slots that are not removed
};

}  // namespace kernels::inline KERNELS_ABI::gallery_detail

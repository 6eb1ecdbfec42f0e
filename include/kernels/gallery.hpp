// gallery: named identities with several vectors each, and who a new vector is.
//
//   kernels::gallery known;
//   known.add("ada", vector);                                    // float, half or bfloat16
//   const auto who = known.match(kernels::on_cpu(), queries, {.threshold = 0.85F});
//   if (who[0].accepted()) use(who[0].label, who[0].score);
//   known.save("known.kgl");
//
// Class: exact: the same answers from every instruction set and number of threads, alone or in any
// batch. CPU only, POSIX. Scores are cosine similarities: dots of float32 unit rows in the fixed
// order of math/dot.hpp, clamped to [−1, 1].
#pragma once

#include <kernels/embedding/gallery_checks.hpp>
#include <kernels/embedding/gallery_lock.hpp>
#include <kernels/embedding/gallery_match.hpp>

#include <memory>
#include <optional>
#include <shared_mutex>

namespace kernels::inline KERNELS_ABI {

/// A set of vectors, each of which belongs to an identity.
///
/// Ids and rows. A vector's id is the number of its enrolment: 0, 1, 2, … and never used again; it
/// is saved, and stays as it is through replace(), removals and compaction. A vector's row is its
/// place among those that are there, in order of enrolment, from 0: the same as its id until
/// something is removed, and one less for all later vectors after each removal. Identities are in
/// order of their first enrolment; one whose last vector is removed is gone.
///
/// Vectors. Non-finite ones are refused at enrolment. A zero vector is accepted: its similarity
/// with everything is 0, and it adds nothing to its identity's profile. As queries, both are valid:
/// a non-finite one matches nothing, and its verdict says so.
///
/// Profiles are the direction of the mean of the identity's unit vectors. Sums are kept as 64-bit
/// fixed-point numbers (elements rounded to multiples of 2^-40), so they depend on the vectors that
/// are there and on nothing else: not on their order, and not on what was replaced or removed.
///
/// Ties go to the lower row; for rules best_mean and profile, to the earlier identity.
///
/// Threads. Any number may read (every const function) while one or more write: each call sees the
/// gallery before or after another one, never in between. A bulk match is one call. Moving or
/// destroying a gallery is for one thread alone; one moved from may only be destroyed or assigned.
///
/// Cost. add, replace and remove take time in proportion to the dimension, amortised: memory grows
/// by half, and removed vectors stay in memory until they outnumber the others. Memory: 8 bytes an
/// element and about 150 a vector; an identity 12 bytes an element and its label.
///
/// Errors: kernels::error, and nothing is changed. Labels are refused if empty, longer than 65535
/// bytes, or with a line break or a zero byte.
class gallery {
 public:
  /// Empty; the first vector decides the dimension.
  gallery() : state_(std::make_unique<state>()) {}
  /// Empty, of this dimension (1 to 2^20).
  explicit gallery(std::int64_t dimension) : gallery() {
    gallery_detail::check_dimension("dimension", dimension);
    state_->store.set_dimension(dimension);
  }

  /// One more vector of an identity, which is made if there is none of that label. Returns its id.
  template <class T>
  std::int64_t add(std::string_view label, const view<T, 1>& vector) {
    return add(on_cpu{1}, std::span(&label, 1), as_row(vector));
  }
  /// All rows (N, D) at once, row k for labels[k]; with one label, all of them for it. Returns the
  /// id of the first; the others follow.
  template <class T>
  std::int64_t add(on_cpu exec, std::span<const std::string_view> labels, const view<T, 2>& rows) {
    const gallery_detail::incoming given(exec, rows);
    gallery_detail::check_labels(labels, rows.extent[0]);
    const std::unique_lock writing(state_->lock);
    return append(exec, labels, given);
  }
  template <class T>
  std::int64_t add(on_cpu exec, const std::vector<std::string>& labels, const view<T, 2>& rows) {
    const std::vector<std::string_view> texts(labels.begin(), labels.end());
    return add(exec, std::span<const std::string_view>(texts), rows);
  }

  /// Another vector instead of the one with this id, which it keeps, with row and label. False:
  /// there is none with this id.
  template <class T>
  bool replace(std::int64_t id, const view<T, 1>& vector) {
    const gallery_detail::incoming given(on_cpu{1}, as_row(vector));
    const std::unique_lock writing(state_->lock);
    const std::int64_t slot = state_->store.slot_of(id);
    if (slot < 0) return false;
    check_columns("vector", given.unit.dimension());
    state_->store.replace(slot, given.raw.data(), given.unit);
    return true;
  }
  /// Other vectors instead of all that an identity has, in one step: they get new ids. False: there
  /// is no such identity. Errors: no rows.
  template <class T>
  bool replace(on_cpu exec, std::string_view label, const view<T, 2>& rows) {
    const gallery_detail::incoming given(exec, rows);
    if (rows.extent[0] == 0) refuse("gallery", "rows", "at least one", "none");
    const std::unique_lock writing(state_->lock);
    const std::int32_t who = state_->store.find(label);
    if (who < 0) return false;
    const std::int64_t before = state_->store.identities()[static_cast<std::size_t>(who)].count;
    append(exec, std::span(&label, 1), given);
    state_->store.remove_first(who, before);
    return true;
  }

  /// False: there is no vector with this id.
  bool remove(std::int64_t id) {
    const std::unique_lock writing(state_->lock);
    const std::int64_t slot = state_->store.slot_of(id);
    if (slot < 0) return false;
    state_->store.remove_slot(slot);
    return true;
  }
  /// An identity with all its vectors. Returns how many they were; 0: there is no such identity.
  std::int64_t remove(std::string_view label) {
    const std::unique_lock writing(state_->lock);
    const std::int32_t who = state_->store.find(label);
    if (who < 0) return 0;
    const std::int64_t count = state_->store.identities()[static_cast<std::size_t>(who)].count;
    state_->store.remove_first(who, count);
    return count;
  }

  /// Vectors; identities; elements of a vector (0: not known yet); the id of the next vector.
  [[nodiscard]] std::int64_t size() const {
    const std::shared_lock reading(state_->lock);
    return state_->store.live();
  }
  [[nodiscard]] std::int64_t identity_count() const {
    const std::shared_lock reading(state_->lock);
    return state_->store.live_identities();
  }
  [[nodiscard]] std::int64_t dimension() const {
    const std::shared_lock reading(state_->lock);
    return state_->store.dimension();
  }
  [[nodiscard]] std::int64_t next_id() const {
    const std::shared_lock reading(state_->lock);
    return state_->store.next_id();
  }
  /// How many vectors an identity has; 0: there is no such identity.
  [[nodiscard]] std::int64_t count(std::string_view label) const {
    const std::shared_lock reading(state_->lock);
    const std::int32_t who = state_->store.find(label);
    return who < 0 ? 0 : state_->store.identities()[static_cast<std::size_t>(who)].count;
  }
  /// The vector with this id as it was given, in float32.
  [[nodiscard]] std::optional<std::vector<float>> vector(std::int64_t id) const {
    const std::shared_lock reading(state_->lock);
    const std::int64_t slot = state_->store.slot_of(id);
    if (slot < 0) return std::nullopt;
    return copied(state_->store.raw().row(slot));
  }
  /// The unit vector (or zeros) that rule profile compares with.
  [[nodiscard]] std::optional<std::vector<float>> profile(std::string_view label) const {
    const std::shared_lock reading(state_->lock);
    const std::int32_t who = state_->store.find(label);
    if (who < 0) return std::nullopt;
    return copied(state_->store.profiles().row(who));
  }
  /// A copy of everything.
  [[nodiscard]] gallery_contents contents() const;

  /// Who each of the queries (Q, D) is. A gallery without vectors and a query that is not finite
  /// match nobody. Errors: another dimension, best_of below 1, threshold outside [−1, 1], margin
  /// outside [0, 2].
  template <class T>
  [[nodiscard]] std::vector<gallery_match> match(on_cpu exec, const view<T, 2>& queries,
                                                 const gallery_match_params& params = {}) const {
    gallery_detail::check_params(params);
    const packed_rows unit = gallery_detail::packed_queries(exec, queries);
    const std::shared_lock reading(state_->lock);
    if (queries.extent[0] > 0) check_columns("queries", queries.extent[1]);
    const auto found = gallery_detail::with_lock_held(
        [&] { return gallery_detail::best_identities(exec, state_->store, unit, params); });
    return describe(found, unit, params);
  }
  template <class T>
  [[nodiscard]] gallery_match match(on_cpu exec, const view<T, 1>& query,
                                    const gallery_match_params& params = {}) const {
    return std::move(match(exec, as_row(query), params).front());
  }

  /// The k vectors with the highest similarity for each of the queries (Q, D), best first; fewer if
  /// there are fewer or their score is under the threshold, none for a query that is not finite.
  /// Errors: another dimension, k below 0, threshold outside [−1, 1].
  template <class T>
  [[nodiscard]] std::vector<std::vector<gallery_hit>> best_rows(on_cpu exec,
                                                                const view<T, 2>& queries,
                                                                std::int64_t k,
                                                                float threshold = -1) const {
    gallery_detail::check_params({.threshold = threshold});
    if (k < 0) refuse("gallery", "k", "at least 0", std::to_string(k));
    const packed_rows unit = gallery_detail::packed_queries(exec, queries);
    const std::shared_lock reading(state_->lock);
    if (queries.extent[0] > 0) check_columns("queries", queries.extent[1]);
    return describe(gallery_detail::with_lock_held(
        [&] { return gallery_detail::best_slots(exec, state_->store, unit, k, threshold); }));
  }

  /// Writes a file that replaces the one of that name when it is complete and on disk, so that at
  /// every moment, also after a crash, there is the old one or the new one. On the way there is a
  /// file PATH.saving in the same folder; whoever else saves to the same path waits.
  /// Readers are not held up, writers are. Errors: what the system refuses; the old file stays.
  void save(const std::filesystem::path& path) const {
    const std::shared_lock reading(state_->lock);
    gallery_detail::save(state_->store, path);
  }

  /// The gallery in a file. The rows as given stay in the file's mapping until the gallery grows or
  /// is compacted (replaced ones are copied page by page); unit rows and profiles are computed. So
  /// the file must not be overwritten in place or cut while it is in use; save() never does that.
  /// Errors: a file that is cut off, altered, of another version or no gallery, with what is wrong.
  static gallery load(on_cpu exec, const std::filesystem::path& path) {
    gallery loaded;
    gallery_detail::load(exec, path, loaded.state_->store);
    return loaded;
  }
  static gallery load(const std::filesystem::path& path) { return load(on_cpu{}, path); }

 private:
  struct state {
    mutable gallery_detail::fair_lock lock;
    gallery_detail::store store;
  };

  template <class T>
  static view<T, 2> as_row(const view<T, 1>& vector) {
    return {
        vector.data,
        {1, vector.extent[0]},
        {std::max<std::int64_t>(vector.extent[0], 1) * std::max<std::int64_t>(vector.stride[0], 1),
         vector.stride[0]}};
  }

  void check_columns(std::string_view what, std::int64_t dimension) const {
    const std::int64_t wanted = state_->store.dimension();
    if (wanted != 0 && dimension != wanted) {
      refuse("gallery", what, std::to_string(wanted) + " elements, as the gallery has",
             std::to_string(dimension));
    }
  }
  std::int64_t append(on_cpu exec, std::span<const std::string_view> labels,
                      const gallery_detail::incoming& given) {
    gallery_detail::store& store = state_->store;
    const std::int64_t first = store.next_id();
    if (given.unit.count() == 0) return first;
    check_columns("rows", given.unit.dimension());
    const bool unknown = store.dimension() == 0;
    if (unknown) store.set_dimension(given.unit.dimension());
    try {
      gallery_detail::with_lock_held(
          [&] { store.append(exec, labels, given.raw.data(), given.unit); });
    } catch (...) {
      if (unknown) store.set_dimension(0);
      throw;
    }
    return first;
  }

  [[nodiscard]] std::vector<float> copied(const float* row) const {
    return {row, row + state_->store.dimension()};
  }

  [[nodiscard]] std::vector<gallery_match> describe(
      const std::vector<gallery_detail::two_best>& found, const packed_rows& queries,
      const gallery_match_params& params) const;
  [[nodiscard]] std::vector<std::vector<gallery_hit>> describe(
      const std::vector<std::vector<gallery_detail::scored_slot>>& found) const;

  std::unique_ptr<state> state_;
};

inline gallery_contents gallery::contents() const {
  const std::shared_lock reading(state_->lock);
  const gallery_detail::store& store = state_->store;
  gallery_contents all;
  all.dimension = store.dimension();
  const auto rows = static_cast<std::size_t>(store.live());
  all.rows.reserve(rows * static_cast<std::size_t>(store.dimension()));
  all.ids.reserve(rows);
  all.identity.reserve(rows);
  std::vector<std::int32_t> number(store.identities().size(), -1);
  for (std::size_t g = 0; g < number.size(); ++g) {
    const gallery_detail::identity& who = store.identities()[g];
    if (who.count == 0) continue;
    number[g] = static_cast<std::int32_t>(all.labels.size());
    all.labels.push_back(who.label);
    all.vectors.push_back(who.count);
  }
  for (std::int64_t s = 0; s < store.slots(); ++s) {
    if (store.owner(s) < 0) continue;
    all.ids.push_back(store.id(s));
    all.identity.push_back(number[static_cast<std::size_t>(store.owner(s))]);
    const float* row = store.raw().row(s);
    all.rows.insert(all.rows.end(), row, row + store.dimension());
  }
  return all;
}

inline std::vector<gallery_match> gallery::describe(
    const std::vector<gallery_detail::two_best>& found, const packed_rows& queries,
    const gallery_match_params& params) const {
  const gallery_detail::store& store = state_->store;
  const gallery_detail::row_numbers row_of(store);
  std::vector<gallery_match> all(found.size());
  for (std::size_t q = 0; q < found.size(); ++q) {
    gallery_match& out = all[q];
    const auto& [best, second] = found[q];
    if (queries.state(static_cast<std::int64_t>(q)) == row_state::not_finite) {
      out.verdict = gallery_verdict::not_finite;
      continue;
    }
    if (best.who < 0) continue;
    out.verdict = gallery_detail::judge(found[q], params);
    out.label = store.identities()[static_cast<std::size_t>(best.who)].label;
    out.score = best.score;
    if (best.slot >= 0) {
      out.row = row_of(best.slot);
      out.id = store.id(best.slot);
    }
    if (second.who < 0) continue;
    out.runner_up = store.identities()[static_cast<std::size_t>(second.who)].label;
    out.runner_up_score = second.score;
  }
  return all;
}

inline std::vector<std::vector<gallery_hit>> gallery::describe(
    const std::vector<std::vector<gallery_detail::scored_slot>>& found) const {
  const gallery_detail::store& store = state_->store;
  const gallery_detail::row_numbers row_of(store);
  std::vector<std::vector<gallery_hit>> all(found.size());
  for (std::size_t q = 0; q < found.size(); ++q) {
    all[q].reserve(found[q].size());
    for (const auto& [score, slot] : found[q]) {
      const auto who = static_cast<std::size_t>(store.owner(slot));
      all[q].push_back({row_of(slot), store.id(slot), score, store.identities()[who].label});
    }
  }
  return all;
}

}  // namespace kernels::inline KERNELS_ABI

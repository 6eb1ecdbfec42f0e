#include "mot_difference.hpp"

#include <common/errors.hpp>
#include <common/table.hpp>

#include <kernels/cpu/mot_matching.hpp>
#include <kernels/math/iou.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

namespace kernels::examples {
namespace {

constexpr double kRounding = 1e-9;  // of decimals that are no binary numbers
constexpr double kScoreTolerance = 0.005;
constexpr std::int32_t kNone = -1;
constexpr std::size_t kMostPairs = std::size_t{1} << 24;  // a gigabyte
constexpr double kHint = 1.0 / 1024;  // weight of boxes that overlap by half, beside equal ones

double distance(const mot_row& a, const mot_row& b) {
  return std::max({std::abs(a.left - b.left), std::abs(a.top - b.top), std::abs(a.width - b.width),
                   std::abs(a.height - b.height)});
}

bool overlap_by_half(const mot_row& a, const mot_row& b) {
  const auto box_of = [](const mot_row& r) {
    return box<double>{r.left, r.top, r.left + r.width, r.top + r.height};
  };
  return math::iou(box_of(a), box_of(b), pixel_convention::continuous) >= 0.5;
}

/// Ids of one run, numbered in the order in which they come.
class id_numbers {
 public:
  id_numbers(std::span<const mot_row> rows, const std::string& name) {
    std::vector<std::int64_t> last;
    for (const mot_row& row : rows) {
      const auto [at, fresh] = numbers_.emplace(row.id, static_cast<std::int32_t>(names_.size()));
      if (fresh) {
        names_.push_back(row.id);
        last.push_back(0);
      }
      auto& frame = last[static_cast<std::size_t>(at->second)];
      if (frame == row.frame) {
        throw usage_error(name + ": id " + std::to_string(row.id) + " twice in frame " +
                          std::to_string(row.frame) + "; wanted tracks");
      }
      frame = row.frame;
    }
  }

  [[nodiscard]] std::int32_t of(const mot_row& row) const { return numbers_.at(row.id); }
  [[nodiscard]] std::int64_t name(std::size_t number) const { return names_[number]; }
  [[nodiscard]] std::int32_t count() const { return static_cast<std::int32_t>(names_.size()); }

 private:
  std::unordered_map<std::int64_t, std::int32_t> numbers_;
  std::vector<std::int64_t> names_;
};

class comparison {
 public:
  comparison(std::span<const mot_row> a, const std::string& name_a, std::span<const mot_row> b,
             const std::string& name_b, const mot_difference_options& options)
      : a_(a), b_(b), ids_a_(a, name_a), ids_b_(b, name_b), options_(options) {}

  mot_difference run() {
    out_.rows_a = std::ssize(a_);
    out_.rows_b = std::ssize(b_);
    out_.ids_a = ids_a_.count();
    out_.ids_b = ids_b_.count();
    id_weights together;
    for_frames([&](rows a, rows b) {
      for_near(a, b, [&](const mot_row& x, const mot_row& y) {
        const bool same = distance(x, y) <= options_.tolerance + kRounding;
        if (!same && !overlap_by_half(x, y)) return;
        together[{ids_a_.of(x), ids_b_.of(y)}] += same ? 1 : kHint;
        if (together.size() > kMostPairs) {
          throw usage_error("more than 2^24 pairs of identities overlap: not comparable");
        }
      });
    });
    name(together);
    last_in_b_.assign(static_cast<std::size_t>(ids_a_.count()), kNone);
    last_in_a_.assign(static_cast<std::size_t>(ids_b_.count()), kNone);
    for_frames([&](rows a, rows b) { compare(a, b); });
    return std::move(out_);
  }

 private:
  using rows = std::span<const mot_row>;
  using id_weights = std::map<std::pair<std::int32_t, std::int32_t>, double>;

  template <class Body>
  void for_frames(const Body& body) const {
    std::size_t i = 0, j = 0;
    const auto frame_at = [](rows r, std::size_t k) {
      return k < r.size() ? r[k].frame : std::numeric_limits<std::int64_t>::max();
    };
    while (i < a_.size() || j < b_.size()) {
      const auto frame = std::min(frame_at(a_, i), frame_at(b_, j));
      const std::size_t i0 = i, j0 = j;
      while (i < a_.size() && a_[i].frame == frame) ++i;
      while (j < b_.size() && b_[j].frame == frame) ++j;
      body(a_.subspan(i0, i - i0), b_.subspan(j0, j - j0));
    }
  }

  /// Rows of like width, by left: one wide box must not make all others candidates.
  struct width_class {
    double widest = 0;
    std::vector<std::size_t> rows;
  };

  /// Calls body for all pairs of rows whose boxes may overlap or be the same, for each row of a in
  /// the order of b's lefts.
  template <class Body>
  void for_near(rows a, rows b, const Body& body) const {
    const double reach = options_.tolerance + kRounding;
    std::vector<const mot_row*> sorted;
    for (const mot_row& y : b) sorted.push_back(&y);
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const mot_row* x, const mot_row* y) { return x->left < y->left; });
    std::map<int, width_class> classes;  // by the power of 2
    for (std::size_t k = 0; k < sorted.size(); ++k) {
      auto& c = classes[std::ilogb(std::max(sorted[k]->width, 1.0))];
      c.widest = std::max(c.widest, sorted[k]->width);
      c.rows.push_back(k);
    }
    std::vector<std::size_t> near;
    for (const mot_row& x : a) {
      near.clear();
      for (const auto& [power, c] : classes) {
        auto at =
            std::lower_bound(c.rows.begin(), c.rows.end(), x.left - c.widest - reach,
                             [&](std::size_t k, double left) { return sorted[k]->left < left; });
        for (; at != c.rows.end() && sorted[*at]->left <= x.left + x.width + reach; ++at) {
          const mot_row& y = *sorted[*at];
          const bool apart = y.top > x.top + x.height + reach || y.top + y.height < x.top - reach;
          if (!apart) near.push_back(*at);
        }
      }
      std::sort(near.begin(), near.end());
      for (const std::size_t k : near) body(x, *sorted[k]);
    }
  }

  /// Which identities go together: the one-to-one naming with the most rows of the same box (and,
  /// where that leaves a choice, that overlap by half).
  void name(const id_weights& together) {
    std::vector<cpu::mot_matcher::pair> pairs;
    std::vector<std::pair<std::int32_t, std::int32_t>> ids;
    for (const auto& [pair, weight] : together) {
      pairs.push_back({pair.first, pair.second, static_cast<std::int32_t>(ids.size()), weight});
      ids.push_back(pair);
    }
    partner_.assign(static_cast<std::size_t>(ids_a_.count()), kNone);
    cpu::mot_matcher().match(ids_a_.count(), ids_b_.count(), pairs, [&](std::int32_t k) {
      const auto [x, y] = ids[static_cast<std::size_t>(k)];
      partner_[static_cast<std::size_t>(x)] = y;
      out_.renamed[ids_a_.name(static_cast<std::size_t>(x))] =
          ids_b_.name(static_cast<std::size_t>(y));
    });
  }

  void compare(rows a, rows b) {
    std::vector<std::uint8_t> done_a(a.size(), 0), done_b(b.size(), 0);
    const auto index = [](rows all, const mot_row& row) {
      return static_cast<std::size_t>(&row - all.data());
    };
    const auto settle = [&](const mot_row& x, const mot_row& y) {
      done_a[index(a, x)] = done_b[index(b, y)] = 1;
    };
    std::unordered_map<std::int32_t, std::size_t> of_id;
    for (std::size_t j = 0; j < b.size(); ++j) of_id[ids_b_.of(b[j])] = j;
    const auto partner = [&](const mot_row& x) -> const mot_row* {
      const auto found = of_id.find(partner_[static_cast<std::size_t>(ids_a_.of(x))]);
      return found == of_id.end() || done_b[found->second] != 0 ? nullptr : &b[found->second];
    };
    for (const mot_row& x : a) {
      const mot_row* y = partner(x);
      if (y == nullptr || distance(x, *y) > options_.tolerance + kRounding) continue;
      settle(x, *y);
      follow(x, *y);
      if (options_.scores && std::abs(x.score - y->score) > kScoreTolerance + kRounding) {
        ++out_.scores;
        say(x, "score " + number_text(x.score, 3) + ", in B " + number_text(y->score, 3));
      } else {
        ++out_.same;
      }
    }
    for_near(a, b, [&](const mot_row& x, const mot_row& y) {
      if (done_a[index(a, x)] != 0 || done_b[index(b, y)] != 0) return;
      if (distance(x, y) > options_.tolerance + kRounding) return;
      settle(x, y);
      follow(x, y);
      ++out_.identities;
      const auto partner_of_x = out_.renamed.find(x.id);
      say(x,
          "the same box is of id " + std::to_string(y.id) + " in B, where this identity " +
              (partner_of_x == out_.renamed.end() ? std::string("has no partner")
                                                  : "is " + std::to_string(partner_of_x->second)));
    });
    for (const mot_row& x : a) {
      if (done_a[index(a, x)] != 0) continue;
      const mot_row* y = partner(x);
      if (y == nullptr) {
        ++out_.only_a;
        say(x, "only in A");
        continue;
      }
      settle(x, *y);
      follow(x, *y);
      ++out_.boxes;
      const double apart = distance(x, *y);
      out_.largest = std::max(out_.largest, apart);
      say(x, "the box of id " + std::to_string(y->id) + " in B is " + number_text(apart, 2) +
                 " px off");
    }
    for (const mot_row& y : b) {
      if (done_b[index(b, y)] != 0) continue;
      ++out_.only_b;
      say(y, "only in B");
    }
  }

  /// Counts a switch where an identity of one run goes on as another one of the other than before.
  void follow(const mot_row& x, const mot_row& y) {
    const auto count = [](std::int32_t& last, std::int32_t now, std::int64_t& switches) {
      if (last != kNone && last != now) ++switches;
      last = now;
    };
    const std::int32_t id_a = ids_a_.of(x), id_b = ids_b_.of(y);
    count(last_in_b_[static_cast<std::size_t>(id_a)], id_b, out_.switches_a);
    count(last_in_a_[static_cast<std::size_t>(id_b)], id_a, out_.switches_b);
  }

  void say(const mot_row& row, const std::string& what) {
    if (out_.lines.size() >= options_.shown) return;
    out_.lines.push_back("frame " + std::to_string(row.frame) + ", id " + std::to_string(row.id) +
                         " (" + number_text(row.left, 2) + ", " + number_text(row.top, 2) + ", " +
                         number_text(row.width, 2) + " x " + number_text(row.height, 2) +
                         "): " + what);
  }

  rows a_, b_;
  id_numbers ids_a_, ids_b_;
  const mot_difference_options& options_;
  mot_difference out_;
  std::vector<std::int32_t> partner_;                // id of B of each id of A
  std::vector<std::int32_t> last_in_b_, last_in_a_;  // whom each id of A (of B) was last
};

}  // namespace

mot_difference difference_of(std::span<const mot_row> a, const std::string& name_a,
                             std::span<const mot_row> b, const std::string& name_b,
                             const mot_difference_options& options) {
  return comparison(a, name_a, b, name_b, options).run();
}

}  // namespace kernels::examples

// A gallery as a map of vectors, written from its documentation: slow and plain.
#pragma once

#include <kernels/gallery.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace gallery_model {

using vector = std::vector<float>;

inline kernels::view<const float, 1> as_view(const vector& v) {
  return {v.data(), {static_cast<std::int64_t>(v.size())}, {1}};
}

inline vector unit(const vector& v) {
  double lanes[16] = {};
  for (std::size_t i = 0; i < v.size(); ++i) {
    lanes[i % 16] = std::fma(double{v[i]}, double{v[i]}, lanes[i % 16]);
  }
  for (std::size_t half = 8; half > 0; half /= 2) {
    for (std::size_t k = 0; k < half; ++k) lanes[k] += lanes[k + half];
  }
  vector out(v.size(), 0.0F);
  if (lanes[0] == 0) return out;
  const double inverse = 1 / std::sqrt(lanes[0]);
  for (std::size_t i = 0; i < v.size(); ++i) out[i] = static_cast<float>(double{v[i]} * inverse);
  return out;
}

inline float similarity(const vector& a, const vector& b) {
  float lanes[16] = {};
  for (std::size_t i = 0; i < a.size(); ++i) lanes[i % 16] = std::fma(a[i], b[i], lanes[i % 16]);
  for (std::size_t half = 8; half > 0; half /= 2) {
    for (std::size_t k = 0; k < half; ++k) lanes[k] += lanes[k + half];
  }
  return std::clamp(lanes[0] + 0.0F, -1.0F, 1.0F);
}

struct entry {
  std::string label;
  vector raw, direction;
};

struct ranked {
  std::string label;
  float score;
  std::int64_t row, order;  ///< of its best vector; what decides ties
};

class model {
 public:
  std::int64_t add(const std::string& label, const vector& v) {
    if (by_label_[label].empty()) first_[label] = next_;
    by_label_[label].insert(next_);
    entries_[next_] = {label, v, unit(v)};
    return next_++;
  }
  bool replace(std::int64_t id, const vector& v) {
    const auto found = entries_.find(id);
    if (found == entries_.end()) return false;
    found->second.raw = v;
    found->second.direction = unit(v);
    return true;
  }
  bool remove(std::int64_t id) {
    const auto found = entries_.find(id);
    if (found == entries_.end()) return false;
    by_label_[found->second.label].erase(id);
    entries_.erase(found);
    return true;
  }
  std::int64_t remove(const std::string& label) {
    const std::set<std::int64_t> ids = by_label_[label];
    for (const std::int64_t id : ids) remove(id);
    return static_cast<std::int64_t>(ids.size());
  }
  bool replace(const std::string& label, const std::vector<vector>& rows) {
    if (by_label_[label].empty()) return false;
    const std::set<std::int64_t> before = by_label_[label];
    for (const vector& v : rows) add(label, v);
    for (const std::int64_t id : before) remove(id);
    return true;
  }

  [[nodiscard]] const std::map<std::int64_t, entry>& entries() const { return entries_; }
  [[nodiscard]] std::int64_t next_id() const { return next_; }
  [[nodiscard]] std::vector<std::string> labels() const {
    std::vector<std::pair<std::int64_t, std::string>> order;
    for (const auto& [label, ids] : by_label_) {
      if (!ids.empty()) order.emplace_back(first_.at(label), label);
    }
    std::sort(order.begin(), order.end());
    std::vector<std::string> out;
    for (auto& [first, label] : order) out.push_back(label);
    return out;
  }

  /// All rows, best first.
  [[nodiscard]] std::vector<ranked> rows(const vector& query) const {
    const vector q = unit(query);
    std::vector<ranked> all;
    for (const auto& [id, e] : entries_) {
      const auto row = static_cast<std::int64_t>(all.size());
      all.push_back({e.label, similarity(q, e.direction), row, row});
    }
    sort(all);
    return all;
  }

  /// All identities, best first. Profiles are means in long double here.
  [[nodiscard]] std::vector<ranked> identities(const vector& query, kernels::gallery_rule rule,
                                               int best_of) const {
    std::map<std::string, std::vector<ranked>> of;
    for (const ranked& r : rows(query)) of[r.label].push_back(r);
    std::vector<ranked> all;
    for (const std::string& label : labels()) {
      const std::vector<ranked>& mine = of[label];
      ranked who = mine[0];
      if (rule == kernels::gallery_rule::best_mean) {
        const auto n = std::min<std::size_t>(static_cast<std::size_t>(best_of), mine.size());
        double sum = 0;
        for (std::size_t k = 0; k < n; ++k) sum += double{mine[k].score};
        who.score = static_cast<float>(sum / static_cast<double>(n));
      } else if (rule == kernels::gallery_rule::profile) {
        who.score = similarity(unit(query), profile(label));
        who.row = -1;
      }
      if (rule != kernels::gallery_rule::best_vector) who.order = first_.at(label);
      all.push_back(who);
    }
    sort(all);
    return all;
  }

  [[nodiscard]] vector profile(const std::string& label) const {
    std::vector<long double> sum;
    for (const std::int64_t id : by_label_.at(label)) {
      const vector& v = entries_.at(id).direction;
      sum.resize(v.size());
      for (std::size_t i = 0; i < v.size(); ++i) sum[i] += static_cast<long double>(v[i]);
    }
    long double squares = 0;
    for (const long double s : sum) squares += s * s;
    vector out;
    for (const long double s : sum) {
      out.push_back(squares == 0 ? 0.0F : static_cast<float>(s / std::sqrt(squares)));
    }
    return out;
  }

 private:
  static void sort(std::vector<ranked>& all) {
    std::sort(all.begin(), all.end(), [](const ranked& a, const ranked& b) {
      return a.score > b.score || (a.score == b.score && a.order < b.order);
    });
  }

  std::map<std::int64_t, entry> entries_;
  std::map<std::string, std::set<std::int64_t>> by_label_;
  std::map<std::string, std::int64_t> first_;
  std::int64_t next_ = 0;
};

/// What differs; empty: nothing.
inline std::string difference(const kernels::gallery& g, const model& m) {
  const auto all = g.contents();
  if (g.size() != static_cast<std::int64_t>(m.entries().size())) return "size";
  if (g.next_id() != m.next_id()) return "next id";
  if (all.labels != m.labels()) return "labels";
  if (g.identity_count() != static_cast<std::int64_t>(all.labels.size())) return "identity count";
  std::size_t row = 0;
  std::map<std::string, std::int64_t> counts;
  for (const auto& [id, e] : m.entries()) {
    if (all.ids[row] != id) return "id of row " + std::to_string(row);
    if (all.labels[static_cast<std::size_t>(all.identity[row])] != e.label) return "label of a row";
    const std::size_t d = e.raw.size();
    if (!std::equal(e.raw.begin(), e.raw.end(), all.rows.begin() + static_cast<long>(row * d))) {
      return "elements of row " + std::to_string(row);
    }
    if (g.vector(id) != e.raw) return "vector by id";
    ++counts[e.label];
    ++row;
  }
  for (std::size_t k = 0; k < all.labels.size(); ++k) {
    const std::string& label = all.labels[k];
    if (all.vectors[k] != counts[label] || g.count(label) != counts[label]) return "count";
  }
  return "";
}

inline bool same(float a, float b) {
  return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b);
}

}  // namespace gallery_model

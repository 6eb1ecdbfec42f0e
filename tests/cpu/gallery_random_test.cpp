// 100000 random operations on a gallery and on a plain map: same contents, same answers.
#include "../gallery_model.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <random>

#include <unistd.h>

namespace {

using gallery_model::as_view;
using gallery_model::same;
using gallery_model::vector;
using kernels::gallery_rule;

constexpr std::int64_t kDimension = 19;

class player {
 public:
  std::string play(int operations) {
    for (int k = 0; k < operations; ++k) {
      std::string wrong = step();
      if (wrong.empty() && k % 997 == 0) wrong = gallery_model::difference(gallery_, model_);
      if (wrong.empty() && k % 19997 == 19996) wrong = profiles_leave_nothing();
      if (!wrong.empty()) return wrong + " after operation " + std::to_string(k);
    }
    return gallery_model::difference(gallery_, model_);
  }

 private:
  int below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random_); }
  std::string label() { return "name " + std::to_string(below(60)); }

  /// Of few different ones, so that scores tie; sometimes zero.
  vector some_vector() {
    vector v(kDimension);
    if (below(50) == 0) return v;
    std::mt19937 mine(static_cast<unsigned>(below(300)));
    std::normal_distribution<float> normal;
    for (float& x : v) x = normal(mine);
    return v;
  }
  std::vector<vector> some_vectors(int n) {
    std::vector<vector> all;
    for (int k = 0; k < n; ++k) all.push_back(some_vector());
    return all;
  }
  static std::vector<float> joined(const std::vector<vector>& all) {
    std::vector<float> rows;
    for (const vector& v : all) rows.insert(rows.end(), v.begin(), v.end());
    return rows;
  }
  std::int64_t some_id() {
    if (model_.entries().empty() || below(20) == 0) return below(100000);
    const auto& all = model_.entries();
    auto found = all.lower_bound(below(static_cast<int>(model_.next_id())));
    return found == all.end() ? all.begin()->first : found->first;
  }

  std::string step() {
    // phases of growing and of shrinking, so that compaction happens at many sizes
    phase_ = below(1000) == 0 ? below(3) : phase_;
    const bool full = model_.entries().size() > 400;
    const int what = below(100);
    if (what < (phase_ == 0 && !full ? 50 : 12)) {
      const std::string name = label();
      const vector v = some_vector();
      return gallery_.add(name, as_view(v)) == model_.add(name, v) ? "" : "id of add";
    }
    if (what < 60) {
      const std::int64_t id = some_id();
      if (phase_ == 1 && what < 30) return remove_label();
      return gallery_.remove(id) == model_.remove(id) ? "" : "remove by id";
    }
    if (what < 80) {
      const std::int64_t id = some_id();
      const vector v = some_vector();
      return gallery_.replace(id, as_view(v)) == model_.replace(id, v) ? "" : "replace by id";
    }
    if (what < 82) return remove_label();
    if (what < 86 && !full) return add_several();
    if (what < 90) {
      const std::string name = label();
      const auto all = some_vectors(1 + below(4));
      const auto rows = joined(all);
      const bool done = gallery_.replace(kernels::on_cpu{1}, name, matrix(rows));
      return done == model_.replace(name, all) ? "" : "replace by label";
    }
    if (what < 98 || below(40) > 0) return ask();
    return save_and_load();
  }

  std::string remove_label() {
    const std::string name = label();
    return gallery_.remove(name) == model_.remove(name) ? "" : "remove by label";
  }

  std::string add_several() {
    const auto all = some_vectors(below(6));
    std::vector<std::string> names;
    const std::int64_t first = model_.next_id();
    for (const vector& v : all) {
      names.push_back(label());
      model_.add(names.back(), v);
    }
    const auto rows = joined(all);
    return gallery_.add(kernels::on_cpu{1}, names, matrix(rows)) == first ? "" : "id of several";
  }

  static kernels::view<const float, 2> matrix(const std::vector<float>& rows) {
    return kernels::packed(rows.data(),
                           {static_cast<std::int64_t>(rows.size()) / kDimension, kDimension});
  }

  std::string ask() {
    const vector query = some_vector();
    if (below(4) == 0) return ask_rows(query);
    const auto rule = static_cast<gallery_rule>(below(3));
    const int best_of = 1 + below(4);
    kernels::gallery_match_params params{.rule = rule, .best_of = best_of};
    params.threshold = static_cast<float>(below(5) - 2) / 4;
    params.margin = static_cast<float>(below(3)) / 8;
    const auto got = gallery_.match(kernels::on_cpu{1}, as_view(query), params);
    const auto wanted = model_.identities(query, rule, best_of);
    if (wanted.empty()) return got.verdict == kernels::gallery_verdict::no_identity ? "" : "nobody";
    if (rule == gallery_rule::profile) {  // the model's profiles are not rounded in the same way
      const bool clear = wanted.size() < 2 || wanted[0].score - wanted[1].score > 1e-5F;
      if (clear && got.label != wanted[0].label) return "best profile";
      return std::abs(got.score - wanted[0].score) < 2e-6F ? "" : "score of a profile";
    }
    if (got.label != wanted[0].label || !same(got.score, wanted[0].score)) return "best identity";
    if (got.row != wanted[0].row) return "row of the best identity";
    auto verdict = kernels::gallery_verdict::accepted;
    if (wanted.size() > 1) {
      if (got.runner_up != wanted[1].label || !same(got.runner_up_score, wanted[1].score)) {
        return "runner-up";
      }
      if (wanted[0].score - wanted[1].score < params.margin) {
        verdict = kernels::gallery_verdict::within_margin;
      }
    } else if (!got.runner_up.empty()) {
      return "a runner-up of one";
    }
    if (wanted[0].score < params.threshold) verdict = kernels::gallery_verdict::below_threshold;
    return got.verdict == verdict ? "" : "verdict";
  }

  std::string ask_rows(const vector& query) {
    const int k = below(12);
    const float threshold = static_cast<float>(below(9) - 4) / 4;
    const auto matrix_of_one =
        kernels::view<const float, 2>{query.data(), {1, kDimension}, {kDimension, 1}};
    const auto got = gallery_.best_rows(kernels::on_cpu{1}, matrix_of_one, k, threshold)[0];
    auto wanted = model_.rows(query);
    std::erase_if(wanted, [&](const auto& r) { return r.score < threshold; });
    wanted.resize(std::min(wanted.size(), static_cast<std::size_t>(k)), {});
    if (got.size() != wanted.size()) return "number of rows";
    for (std::size_t i = 0; i < got.size(); ++i) {
      if (got[i].row != wanted[i].row || !same(got[i].score, wanted[i].score) ||
          got[i].label != wanted[i].label) {
        return "best rows";
      }
    }
    return "";
  }

  std::string save_and_load() {
    const auto path = std::filesystem::temp_directory_path() /
                      ("gallery_random_" + std::to_string(::getpid()) + ".kgl");
    gallery_.save(path);
    gallery_ = kernels::gallery::load(kernels::on_cpu{1}, path);
    std::filesystem::remove(path);
    return gallery_model::difference(gallery_, model_);
  }

  /// Profiles after everything that happened are those of a new gallery, bit for bit.
  std::string profiles_leave_nothing() {
    kernels::gallery anew;
    for (auto e = model_.entries().rbegin(); e != model_.entries().rend(); ++e) {
      anew.add(e->second.label, as_view(e->second.raw));
    }
    for (const std::string& name : model_.labels()) {
      const vector mine = *gallery_.profile(name), other = *anew.profile(name);
      if (!std::equal(mine.begin(), mine.end(), other.begin(), same)) return "profile";
    }
    return "";
  }

  std::mt19937 random_{20240517};
  int phase_ = 0;
  kernels::gallery gallery_;
  gallery_model::model model_;
};

}  // namespace

TEST_CASE("gallery cpu: 100000 random operations beside a map") {
  CHECK(player().play(100000) == "");
}

// One thread changes a gallery while others read it: nobody sees half a change.
#include "../gallery_model.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>
#include <thread>
#include <utility>

#include <unistd.h>

namespace {

using gallery_model::as_view;
using kernels::gallery;
using kernels::on_cpu;

constexpr std::int64_t kDimension = 16;

std::vector<float> turned(int k) {
  const double angle = 0.1 * k;
  std::vector<float> v(kDimension, 0.0F);
  v[0] = static_cast<float>(std::cos(angle));
  v[1] = static_cast<float>(std::sin(angle));
  return v;
}

/// "twins" has two equal vectors at every moment, and all others come and go in threes.
std::string look(const gallery& g, const std::vector<float>& query) {
  const auto hits = g.best_rows(on_cpu{1}, kernels::packed(query.data(), {1, kDimension}), 1000)[0];
  if (hits.size() % 3 != 2) return "half a bulk change";
  float twin[2] = {};
  int twins = 0;
  for (const auto& h : hits) {
    if (h.label == "twins" && twins++ < 2) twin[twins - 1] = h.score;
  }
  if (twins != 2 || twin[0] != twin[1]) return "half a replacement";
  const auto who = g.match(on_cpu{1}, as_view(query), {.rule = kernels::gallery_rule::profile});
  if (who.verdict == kernels::gallery_verdict::no_identity) return "nobody";
  const auto all = g.contents();
  if (all.ids.size() % 3 != 2 || all.rows.size() != all.ids.size() * kDimension) return "contents";
  return g.size() % 3 == 2 ? "" : "size";
}

}  // namespace

TEST_CASE("gallery cpu: readers never see half a change") {
  gallery g;
  std::vector<float> pair = turned(0);
  pair.insert(pair.end(), pair.begin(), pair.begin() + kDimension);
  g.add(on_cpu{1}, std::vector<std::string>{"twins"},
        kernels::packed(pair.data(), {2, kDimension}));

  const auto path = std::filesystem::temp_directory_path() /
                    ("gallery_threads_" + std::to_string(::getpid()) + ".kgl");
  std::atomic<bool> done{false};
  std::atomic<int> looks{0};
  std::string wrong[3];
  std::vector<std::thread> readers;
  for (int t = 0; t < 3; ++t) {
    readers.emplace_back([&, t] {
      for (int k = 0; !done && wrong[t].empty(); ++k) {
        if (t == 2 && k % 8 == 0) {
          g.save(path);
          wrong[t] = look(gallery::load(on_cpu{1}, path), turned(k));
        } else {
          wrong[t] = look(g, turned(k));
        }
        ++looks;
      }
    });
  }
  // until both sides have done something
  for (int k = 1; k < 400 || (looks < 50 && k < 1000000); ++k) {
    std::vector<float> three;
    for (int copy = 0; copy < 3; ++copy) {
      const auto v = turned(k);
      three.insert(three.end(), v.begin(), v.end());
    }
    const std::string name = "name " + std::to_string(k % 40);
    if (g.count(name) > 0) {
      g.remove(name);
    } else {
      g.add(on_cpu{1}, {name, name, name}, kernels::packed(three.data(), {3, kDimension}));
    }
    g.replace(on_cpu{1}, "twins", kernels::packed(three.data(), {2, kDimension}));
  }
  done = true;
  for (auto& r : readers) r.join();
  std::filesystem::remove(path);
  CHECK(looks >= 50);
  for (const std::string& w : wrong) CHECK(w == "");
}

TEST_CASE("gallery cpu: reading and writing from within parallel work") {
  gallery g;
  for (int k = 0; k < 3000; ++k) g.add("name " + std::to_string(k % 50), as_view(turned(k)));
  std::vector<float> queries;
  for (int k = 0; k < 64; ++k) {
    const auto v = turned(3 * k);
    queries.insert(queries.end(), v.begin(), v.end());
  }
  const auto asked = kernels::packed(std::as_const(queries).data(), {64, kDimension});
  std::atomic<int> accepted{0};
  kernels::cpu::parallel_for(on_cpu{}, 400, [&](std::int64_t k) {
    if (k % 3 == 0) {
      g.add("new", as_view(turned(static_cast<int>(k))));
    } else {
      accepted += g.match(on_cpu{}, asked).front().accepted();
    }
  });
  CHECK(accepted == 266);
  CHECK(g.count("new") == 134);
}

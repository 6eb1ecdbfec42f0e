// mask_nms on the CPU: people-sized blobs and noise, beside greedy suppression over bytes. One
// thread.
#include "instruction_sets.hpp"
#include "mask_scenes.hpp"

#include <kernels/mask_nms.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <numeric>

namespace {

using indices = std::vector<std::int32_t>;

/// Best first; a mask goes if a kept one overlaps it too much, counted pixel by pixel over all of
/// the image. Returns the kept ones.
indices plain_nms(const bench::mask_scene& s, const std::vector<float>& scores, double most) {
  const auto size = static_cast<std::size_t>(s.height * s.width);
  indices order(static_cast<std::size_t>(s.count));
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
    return scores[static_cast<std::size_t>(a)] > scores[static_cast<std::size_t>(b)];
  });
  indices kept;
  for (const auto k : order) {
    const std::uint8_t* a = s.bytes.data() + static_cast<std::size_t>(k) * size;
    const bool goes = std::any_of(kept.begin(), kept.end(), [&](std::int32_t other) {
      const std::uint8_t* b = s.bytes.data() + static_cast<std::size_t>(other) * size;
      std::uint32_t both = 0;
      std::uint32_t any = 0;
      for (std::size_t i = 0; i < size; ++i) {
        both += a[i] & b[i];
        any += a[i] | b[i];
      }
      return any > 0 && static_cast<double>(both) / any > most;
    });
    if (!goes) kept.push_back(k);
  }
  return kept;
}

struct problem {
  std::string name;
  bench::mask_scene scene;
  std::vector<float> scores = {};
  double most = 0.5;
  std::size_t kept = 0;

  [[nodiscard]] indices run(kernels::instruction_set isa) {
    return kernels::mask_nms({.threads = 1, .isa = isa}, scene.as_words(),
                             kernels::packed(std::as_const(scores).data(), {scene.count}),
                             {.iou_threshold = most});
  }
};

/// Every second mask is the one before it, one pixel to the right.
bench::mask_scene near_twins(std::int64_t n, std::int64_t h, std::int64_t w) {
  auto s = bench::mask_blobs(n, h, w);
  for (std::int64_t k = 1; k < n; k += 2) {
    const auto from = s.bytes.begin() + (k - 1) * h * w;
    std::copy(from, from + h * w - 1, s.bytes.begin() + k * h * w + 1);
  }
  s.pack();
  return s;
}

}  // namespace

int main(int argc, char** argv) {
  const bench::options chosen = bench::parse(argc, argv);
  bench::machine_facts facts;
  facts.add("command", chosen.command);

  problem problems[] = {{"100 blobs, 720p", bench::mask_blobs(100, 720, 1280)},
                        {"100 blobs, each twice, 720p", near_twins(100, 720, 1280)},
                        {"30 of noise, 720p", bench::mask_noise(30, 720, 1280)}};
  std::mt19937 random(9);
  for (problem& p : problems) {
    for (std::int64_t k = 0; k < p.scene.count; ++k) {
      p.scores.push_back(static_cast<float>(random() % 1000) / 1000 + 0.001F);
    }
    const indices expected = plain_nms(p.scene, p.scores, p.most);
    p.kept = expected.size();
    for (const auto isa : bench::instruction_sets()) {
      if (p.run(isa) != expected) {
        std::fprintf(stderr, "bench_mask_nms: %s: not the plain loop's masks\n", p.name.c_str());
        return EXIT_FAILURE;
      }
      bench::add_case(p.name + kernels::cpu::name(isa),
                      [&p, isa] { benchmark::DoNotOptimize(p.run(isa).size()); });
    }
    bench::add_case(p.name + "bytes", [&p] {
      benchmark::DoNotOptimize(plain_nms(p.scene, p.scores, p.most).size());
    });
  }

  const auto measured = bench::run(chosen, chosen.quick ? 3 : 7, chosen.quick ? 0.02 : 0.1);
  bench::table table({"mask_nms, IoU > 0.5, one thread", "kept", "ms", "lowest", "spread",
                      "each mask once, GB/s", "bytes / this"});
  for (const problem& p : problems) {
    const double peer = measured.at(p.name + "bytes").median;
    for (const auto isa : bench::instruction_sets()) {
      const auto& t = measured.at(p.name + kernels::cpu::name(isa));
      const auto bytes = static_cast<double>(p.scene.words.size() * sizeof(std::uint64_t));
      table.add({p.name + ", " + kernels::cpu::name(isa), std::to_string(p.kept),
                 bench::fixed(1e3 * t.median, 3), bench::fixed(1e3 * t.lowest, 3), bench::spread(t),
                 bench::fixed(bytes / t.median / 1e9, 1), bench::times(peer / t.median)});
    }
  }
  return bench::finish(chosen, measured,
                       facts.text() +
                           "\nWhere few masks overlap, the limit is memory: each is read once, for "
                           "its area and box.\n\n" +
                           table.text());
}

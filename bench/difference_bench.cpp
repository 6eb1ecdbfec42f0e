// difference on the CPU, beside memcmp, which also reads both sides once but says less.
#include "harness.hpp"

#include <kernels/difference.hpp>

#include <cstring>

namespace {

constexpr std::int64_t kBytes = std::int64_t{3840} * 2160 * 3 * 4;  // four 4K frames a side

struct test_case {
  std::string what, name;
  int threads;
};

}  // namespace

int main(int argc, char** argv) {
  const bench::options chosen = bench::parse(argc, argv);
  bench::machine_facts facts;
  facts.add("command", chosen.command);

  std::vector<std::uint8_t> a(kBytes);
  for (std::size_t k = 0; k < a.size(); ++k) a[k] = static_cast<std::uint8_t>(k * k >> 7);
  const std::vector<std::uint8_t> equal = a;
  std::vector<std::uint8_t> inverse(a.size());
  for (std::size_t k = 0; k < a.size(); ++k) inverse[k] = static_cast<std::uint8_t>(~a[k]);
  const auto images = [](const std::vector<std::uint8_t>& bytes) {
    return kernels::packed(bytes.data(), {4, 2160, 3840, 3});
  };

  std::vector<test_case> cases;
  for (const int threads : {1, 2}) {
    for (const auto& [what, other] :
         {std::pair{"equal", &equal}, {"every value differs", &inverse}}) {
      const std::string name = std::string("difference/") + what + "/" + std::to_string(threads);
      bench::add(name, [&, threads, other = other] {
        benchmark::DoNotOptimize(
            kernels::difference({.threads = threads}, images(a), images(*other)).different);
      });
      cases.push_back({what, name, threads});
    }
  }
  bench::add("memcmp",
             [&] { benchmark::DoNotOptimize(std::memcmp(a.data(), equal.data(), a.size())); });

  const auto measured = bench::run(chosen, chosen.quick ? 3 : 11, chosen.quick ? 0.05 : 0.2);
  bench::table table({"difference, 2 × 100 MB", "threads", "ms", "spread", "GB/s read",
                      "memcmp, equal, one thread / this"});
  const double peer = measured.at("memcmp").median;
  for (const auto& c : cases) {
    const auto& t = measured.at(c.name);
    table.add({c.what, std::to_string(c.threads), bench::fixed(1e3 * t.median, 1), bench::spread(t),
               bench::fixed(1e-9 * 2 * kBytes / t.median, 1), bench::times(peer / t.median)});
  }
  return bench::finish(chosen, measured, facts.text() + "\n" + table.text());
}

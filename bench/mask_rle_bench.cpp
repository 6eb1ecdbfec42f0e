// mask_rle on the CPU: 1080p masks, beside a loop down the columns of bytes as pycocotools has it.
#include "mask_scenes.hpp"

#include <kernels/mask_rle.hpp>

#include <cstdio>
#include <cstdlib>

namespace {

/// rleEncode of maskApi.c, for a mask whose columns lie one after the other, as COCO wants them.
std::vector<std::uint32_t> plain(const std::vector<std::uint8_t>& columns) {
  std::vector<std::uint32_t> counts;
  std::uint8_t value = 0;
  std::uint32_t run = 0;
  for (const auto b : columns) {
    if (b != value) {
      counts.push_back(run);
      run = 0;
      value = b;
    }
    ++run;
  }
  counts.push_back(run);
  return counts;
}

}  // namespace

int main(int argc, char** argv) {
  const bench::options chosen = bench::parse(argc, argv);
  bench::machine_facts facts;
  facts.add("command", chosen.command);
  constexpr std::int64_t kHeight = 1080;
  constexpr std::int64_t kWidth = 1920;
  bench::mask_scene blob = bench::mask_blobs(1, kHeight, kWidth);
  bench::mask_scene noise = bench::mask_noise(1, kHeight, kWidth);
  std::vector<std::uint64_t> back(blob.words.size());
  struct row {
    std::string what, name, peer;
  };
  std::vector<row> rows;
  for (const auto& [what, scene] : {std::pair{"blob", &blob}, {"noise", &noise}}) {
    std::vector<std::uint8_t> columns;
    for (std::int64_t x = 0; x < kWidth; ++x) {
      for (std::int64_t y = 0; y < kHeight; ++y) {
        columns.push_back(scene->bytes[static_cast<std::size_t>(y * kWidth + x)]);
      }
    }
    const auto mask = scene->as_words()[0];
    const auto counts = kernels::encode_rle(mask, kWidth);
    const auto decode = [&, counts] {
      kernels::decode_rle(counts, kernels::packed(back.data(), {kHeight, 30}), kWidth);
    };
    decode();
    if (counts != plain(columns) || back != scene->words) {
      std::fprintf(stderr, "mask_rle: %s: wrong\n", what);
      return EXIT_FAILURE;
    }
    const std::string name = what;
    bench::add_case(name + "/plain",
                    [columns] { benchmark::DoNotOptimize(plain(columns).size()); });
    bench::add_case(name + "/encode",
                    [mask] { benchmark::DoNotOptimize(kernels::encode_rle(mask, kWidth).size()); });
    bench::add_case(name + "/decode", decode);
    rows.push_back({name + ", encode", name + "/encode", name + "/plain"});
    rows.push_back({name + ", decode", name + "/decode", ""});
  }
  const auto measured = bench::run(chosen, chosen.quick ? 3 : 11, chosen.quick ? 0.05 : 0.2);
  bench::table table(
      {"mask_rle, 1080p, one thread", "ms", "spread", "loop over bytes already in columns / this"});
  for (const auto& r : rows) {
    const auto& t = measured.at(r.name);
    table.add({r.what, bench::fixed(1e3 * t.median, 3), bench::spread(t),
               r.peer.empty() ? "" : bench::times(measured.at(r.peer).median / t.median)});
  }
  return bench::finish(chosen, measured, facts.text() + "\n" + table.text());
}

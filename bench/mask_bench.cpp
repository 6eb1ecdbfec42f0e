// Packed masks on the CPU: pairwise IoU beside loops over bytes, packing, areas and boxes, and
// suppression. 1080p, one thread.
#include "mask_scenes.hpp"

#include <kernels/mask_nms.hpp>

#include <cstdio>
#include <cstdlib>

namespace {

constexpr std::int64_t kHeight = 1080;
constexpr std::int64_t kWidth = 1920;
constexpr std::int64_t kMasks = 16;

/// IoU as a loop over bytes, which compilers vectorise.
void plain_iou(const bench::mask_scene& s, std::vector<float>& out) {
  const auto size = static_cast<std::size_t>(s.height * s.width);
  for (std::int64_t i = 0; i < s.count; ++i) {
    for (std::int64_t j = 0; j < s.count; ++j) {
      const std::uint8_t* a = s.bytes.data() + static_cast<std::size_t>(i) * size;
      const std::uint8_t* b = s.bytes.data() + static_cast<std::size_t>(j) * size;
      std::int64_t shared = 0;
      std::int64_t joined = 0;
      for (std::size_t k = 0; k < size; ++k) {
        shared += a[k] & b[k];
        joined += a[k] | b[k];
      }
      out[static_cast<std::size_t>(i * s.count + j)] = static_cast<float>(
          joined > 0 ? static_cast<double>(shared) / static_cast<double>(joined) : 0.0);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  using kernels::instruction_set;
  using kernels::packed;
  const bench::options chosen = bench::parse(argc, argv);
  bench::machine_facts facts;
  facts.add("command", chosen.command);

  bench::mask_scene blobs = bench::mask_blobs(kMasks, kHeight, kWidth);
  bench::mask_scene noise = bench::mask_noise(kMasks, kHeight, kWidth);
  bench::mask_scene many = bench::mask_blobs(256, 256, 256);
  std::vector<float> scores;
  for (int k = 0; k < 256; ++k) scores.push_back(static_cast<float>(k * 37 % 256) / 256);
  std::vector<float> expected(kMasks * kMasks);
  std::vector<float> given(kMasks * kMasks);
  std::vector<std::uint64_t> scratch(blobs.words.size());
  std::vector<kernels::box<std::int32_t>> boxes(kMasks);
  struct row {
    std::string what, name, peer;
    double bits;  ///< bits read, as they are packed
  };
  std::vector<row> rows;
  const double pixels = static_cast<double>(kMasks * kHeight * kWidth);
  for (const auto& [what, scene] : {std::pair{"blobs", &blobs}, {"noise", &noise}}) {
    const std::string peer = std::string("iou/") + what + "/plain";
    bench::add_case(peer, [&, scene = scene] { plain_iou(*scene, expected); });
    for (const auto isa :
         {instruction_set::portable, instruction_set::avx2, instruction_set::avx512}) {
      if (!kernels::cpu::supported(isa)) continue;
      const auto run = [&, isa, scene = scene] {
        kernels::mask_iou<float>({.threads = 1, .isa = isa}, scene->as_words(), scene->as_words(),
                                 packed(given.data(), {kMasks, kMasks}));
      };
      plain_iou(*scene, expected);
      run();
      if (given != expected) {
        std::fprintf(stderr, "mask_iou: wrong\n");
        return EXIT_FAILURE;
      }
      const std::string name = std::string("iou/") + what + "/" + kernels::cpu::name(isa);
      bench::add_case(name, run);
      rows.push_back({std::string("IoU 16 × 16, ") + what + ", " + kernels::cpu::name(isa), name,
                      peer, pixels * 2 * kMasks});
    }
  }
  const kernels::on_cpu one{.threads = 1};
  bench::add_case("pack", [&] {
    kernels::pack_masks(one, noise.as_bytes(),
                        packed(scratch.data(), {kMasks, kHeight, kernels::mask_words(kWidth)}));
  });
  rows.push_back({"packing 16 masks", "pack", "", 8 * pixels});
  bench::add_case(
      "boxes", [&] { kernels::mask_boxes(one, noise.as_words(), packed(boxes.data(), {kMasks})); });
  rows.push_back({"areas and boxes of 16 masks", "boxes", "", pixels});
  bench::add_case("nms", [&] {
    benchmark::DoNotOptimize(
        kernels::mask_nms(one, many.as_words(), packed(scores.data(), {256}), {}).size());
  });
  rows.push_back({"suppression, 256 masks of 256²", "nms", "", 256.0 * 256 * 256});

  const auto measured = bench::run(chosen, chosen.quick ? 3 : 7, chosen.quick ? 0.05 : 0.2);
  bench::table table({"packed masks, 1080p, one thread", "ms", "spread", "Gbit/s of input",
                      "loop over bytes / this"});
  for (const auto& r : rows) {
    const auto& t = measured.at(r.name);
    table.add({r.what, bench::fixed(1e3 * t.median, 3), bench::spread(t),
               bench::fixed(1e-9 * r.bits / t.median, 0),
               r.peer.empty() ? "" : bench::times(measured.at(r.peer).median / t.median)});
  }
  return bench::finish(chosen, measured, facts.text() + "\n" + table.text());
}

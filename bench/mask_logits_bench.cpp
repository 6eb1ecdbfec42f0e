// mask_logits on the CPU: logits of 256 × 256 to masks of 1080p, beside OpenCV's resize and
// comparison (whose upsampled floats and byte masks are written). One thread.
#include "mask_scenes.hpp"

#include <kernels/mask_logits.hpp>

#include <cmath>
#include <cstdio>
#include <cstdlib>

#if defined(KERNELS_BENCH_OPENCV)
#include "peers/opencv_masks.hpp"
#endif

namespace {

constexpr std::int64_t kHeight = 1080;
constexpr std::int64_t kWidth = 1920;
constexpr std::int64_t kSide = 256;

}  // namespace

int main(int argc, char** argv) {
  using kernels::instruction_set;
  using kernels::packed;
  const bench::options chosen = bench::parse(argc, argv);
  bench::machine_facts facts;
  facts.add("command", chosen.command);

  std::vector<float> logits(kSide * kSide);
  for (std::size_t k = 0; k < logits.size(); ++k) {
    const double y = static_cast<double>(k / kSide);
    const double x = static_cast<double>(k % kSide);
    logits[k] = static_cast<float>(8 * std::sin(x / 17) * std::cos(y / 23) + std::sin(x * y));
  }
  const auto maps = packed(static_cast<const float*>(logits.data()), {1, kSide, kSide});
  std::vector<std::uint64_t> words(kHeight * kernels::mask_words(kWidth));
  const auto masks = packed(words.data(), {1, kHeight, kernels::mask_words(kWidth)});
  std::vector<float> scores(1);
  const kernels::mask_image image{kHeight, kWidth};

  std::string peer;
#if defined(KERNELS_BENCH_OPENCV)
  cv::setNumThreads(1);
  const cv::Mat wrapped(kSide, kSide, CV_32F, logits.data());
  cv::Mat upsampled;
  cv::Mat mask;
  const auto run_peer = [&] {
    bench::opencv_mask(wrapped, {static_cast<int>(kWidth), static_cast<int>(kHeight)}, 0.0F,
                       upsampled, mask);
  };
  run_peer();
  peer = "opencv";
  bench::add_case(peer, run_peer);
#endif
  std::vector<std::pair<std::string, std::string>> rows;
  for (const auto isa :
       {instruction_set::portable, instruction_set::avx2, instruction_set::avx512}) {
    if (!kernels::cpu::supported(isa)) continue;
    const kernels::on_cpu exec{.threads = 1, .isa = isa};
    const auto run = [&, exec] { kernels::mask_logits(exec, maps, image, masks); };
    run();
#if defined(KERNELS_BENCH_OPENCV)
    std::int64_t different = 0;
    for (std::int64_t y = 0; y < kHeight; ++y) {
      for (std::int64_t x = 0; x < kWidth; ++x) {
        const bool ours =
            (words[static_cast<std::size_t>(y * masks.stride[1] + x / 64)] >> x % 64 & 1) != 0;
        different += ours != (mask.at<std::uint8_t>(static_cast<int>(y), static_cast<int>(x)) != 0);
      }
    }
    if (different > 20) {  // pixels within rounding of the threshold
      std::fprintf(stderr, "mask_logits: %ld pixels are not OpenCV's\n",
                   static_cast<long>(different));
      return EXIT_FAILURE;
    }
#endif
    const std::string name = kernels::cpu::name(isa);
    bench::add_case(name, run);
    rows.push_back({"mask, " + name, name});
    bench::add_case(name + "/score", [&, exec] {
      kernels::mask_logits(exec, maps, image, masks, packed(scores.data(), {1}));
    });
    rows.push_back({"mask and score, " + name, name + "/score"});
  }
  const auto measured = bench::run(chosen, chosen.quick ? 3 : 11, chosen.quick ? 0.05 : 0.2);
  bench::table table({"mask_logits, 256² to 1080p, one thread", "ms", "spread", "Gpixel/s",
                      "OpenCV resize + compare / this"});
  for (const auto& [what, name] : rows) {
    const auto& t = measured.at(name);
    table.add({what, bench::fixed(1e3 * t.median, 3), bench::spread(t),
               bench::fixed(1e-9 * kHeight * kWidth / t.median, 2),
               peer.empty() ? "not found" : bench::times(measured.at(peer).median / t.median)});
  }
  return bench::finish(chosen, measured, facts.text() + "\n" + table.text());
}

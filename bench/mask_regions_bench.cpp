// mask_regions on the CPU: a 1080p mask with specks and pinholes, beside OpenCV's
// connectedComponentsWithStats used as Segment Anything does. One thread.
#include "mask_scenes.hpp"

#include <kernels/mask_regions.hpp>

#include <cstdio>
#include <cstdlib>

#if defined(KERNELS_BENCH_OPENCV)
#include "peers/opencv_masks.hpp"
#endif

int main(int argc, char** argv) {
  using kernels::packed;
  constexpr int kLimit = 100;
  const bench::options chosen = bench::parse(argc, argv);
  bench::machine_facts facts;
  facts.add("command", chosen.command);

  bench::mask_scene specks = bench::mask_blobs(1, 1080, 1920);
  std::mt19937 random(8);
  for (int k = 0; k < 4000; ++k) {
    auto& b = specks.bytes[random() % (1079 * 1920)];
    b = b == 0 ? 1 : 0;
    (&b)[1920] = b;
  }
  specks.pack();
  bench::mask_scene noise = bench::mask_noise(1, 1080, 1920);
  const kernels::mask_regions_options options{
      .holes_below = kLimit, .islands_below = kLimit, .keep_largest = false};
  struct row {
    std::string what, name, peer;
  };
  std::vector<row> rows;
  std::vector<std::uint64_t> work;
  std::vector<std::uint8_t> bytes(specks.bytes.size());
  for (const auto& [what, scene] : {std::pair{"blob with specks", &specks}, {"noise", &noise}}) {
    const auto run = [&, scene = scene] {
      work = scene->words;
      kernels::mask_regions({.threads = 1}, packed(work.data(), {1, 1080, 30}), 1920, options);
    };
    std::string peer;
#if defined(KERNELS_BENCH_OPENCV)
    cv::setNumThreads(1);
    const auto run_peer = [&, scene = scene] {
      bytes = scene->bytes;
      cv::Mat mask(1080, 1920, CV_8U, bytes.data());
      bench::opencv_remove_small(mask, true, kLimit);
      bench::opencv_remove_small(mask, false, kLimit);
    };
    run();
    run_peer();
    std::vector<std::uint64_t> expected(work.size());
    kernels::pack_masks(kernels::on_cpu(), packed(bytes.data(), {1, 1080, 1920}),
                        packed(expected.data(), {1, 1080, 30}));
    if (work != expected) {
      std::fprintf(stderr, "mask_regions: %s: not OpenCV's mask\n", what);
      return EXIT_FAILURE;
    }
    peer = std::string(what) + "/opencv";
    bench::add_case(peer, run_peer);
#endif
    bench::add_case(what, run);
    rows.push_back({what, what, peer});
  }
  const auto measured = bench::run(chosen, chosen.quick ? 3 : 11, chosen.quick ? 0.05 : 0.2);
  bench::table table({"mask_regions, holes and islands below 100, 1080p, one thread", "ms",
                      "spread", "OpenCV / this"});
  for (const auto& r : rows) {
    const auto& t = measured.at(r.name);
    table.add({r.what, bench::fixed(1e3 * t.median, 3), bench::spread(t),
               r.peer.empty() ? "not found" : bench::times(measured.at(r.peer).median / t.median)});
  }
  return bench::finish(chosen, measured, facts.text() + "\n" + table.text());
}

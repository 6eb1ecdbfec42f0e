// The emulator's self-test: correct kernels give the right answers under every schedule. One
// program with self_test_bugs.cpp and self_test_arithmetic.cpp.

#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include <emulator/self_test_kernels.cuh>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <iterator>
#include <numeric>
#include <random>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace kernels::emulator;
using namespace kernels::emulator::self_test;

constexpr unsigned kSeeds[] = {0, 1, 2, 3, 4, 5, 6};

std::vector<int> random_ints(std::size_t n, int low, int high) {
  std::mt19937 random(7);
  std::vector<int> values(n);
  const auto range = static_cast<unsigned>(high - low + 1);
  for (int& v : values) v = low + static_cast<int>(random() % range);
  return values;
}

TEST_CASE("row sums through dynamic shared memory, shuffles and two block reductions") {
  constexpr int kThreads = 128;
  for (const auto& [rows, cols] : {std::pair{1, 1}, {3, 31}, {5, 128}, {7, 300}}) {
    const std::vector<int> x = random_ints(
        static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols), -100000, 100000);
    std::vector<long long> expected(static_cast<std::size_t>(rows));
    std::vector<int> expected_negatives(expected.size());
    for (int i = 0; i < rows * cols; ++i) {
      const auto r = static_cast<std::size_t>(i / cols);
      const long long v = x[static_cast<std::size_t>(i)];
      expected[r] += v * v;
      expected_negatives[r] += v < 0;
    }
    for (const unsigned seed : kSeeds) {
      CAPTURE(seed);
      schedule s({.seed = seed});
      std::vector<long long> sums(expected.size());
      std::vector<int> negatives(expected.size());
      unsigned long long total = 0;
      launch(&row_sums<kThreads>, dim3(static_cast<unsigned>(rows)), dim3(kThreads),
             static_cast<std::size_t>(cols) * sizeof(int), x.data(), cols, sums.data(),
             negatives.data(), &total);
      CHECK(sums == expected);
      CHECK(negatives == expected_negatives);
      CHECK(static_cast<long long>(total) ==
            std::accumulate(expected.begin(), expected.end(), 0LL));
      CHECK(last_stats().threads == static_cast<std::uint64_t>(rows * kThreads));
      CHECK(last_stats().switches > last_stats().threads);
    }
  }
}

TEST_CASE("ballot compaction keeps what it should") {
  const std::vector<int> in = random_ints(1000, -1000, 1000);
  std::vector<int> expected;
  std::copy_if(in.begin(), in.end(), std::back_inserter(expected),
               [](int v) { return v % 3 == 0; });
  std::sort(expected.begin(), expected.end());
  for (const unsigned seed : kSeeds) {
    schedule s({.seed = seed});
    std::vector<int> out(in.size());
    int count = 0;
    launch(&keep_multiples_of_3<>, dim3(8), dim3(128), 0, in.data(), 1000, out.data(), &count);
    out.resize(static_cast<std::size_t>(count));
    std::sort(out.begin(), out.end());
    CHECK(out == expected);
  }
}

TEST_CASE("transpose with a static shared tile and blocks of two dimensions") {
  constexpr int n = 70;
  const auto index = [](int y, int x) {
    return static_cast<std::size_t>(y) * n + static_cast<std::size_t>(x);
  };
  std::vector<float> in(n * n);
  std::iota(in.begin(), in.end(), 0.0f);
  for (const unsigned seed : kSeeds) {
    schedule s({.seed = seed});
    std::vector<float> out(in.size(), -1.0f);
    launch(&transpose<16>, dim3(5, 5), dim3(16, 16), 0, in.data(), out.data(), n);
    int wrong = 0;
    for (int y = 0; y < n; ++y)
      for (int x = 0; x < n; ++x) wrong += out[index(y, x)] != in[index(x, y)];
    CHECK(wrong == 0);
  }
}

TEST_CASE("match and reduce under the mask of a partly empty warp") {
  const int n = 77;
  std::vector<unsigned> keys;
  for (const int k : random_ints(n, 0, 9)) keys.push_back(static_cast<unsigned>(k));
  std::vector<int> expected(10);
  int expected_sum = 0;
  for (const unsigned k : keys) {
    ++expected[k];
    expected_sum += static_cast<int>(k) - 5;
  }
  for (const unsigned seed : kSeeds) {
    schedule s({.seed = seed});
    std::vector<int> bins(10);
    int sum = 0, lowest = 1000;
    unsigned highest = 0;
    launch(&histogram<>, dim3(2), dim3(64), 0, keys.data(), n, bins.data(), &sum, &lowest,
           &highest);
    CHECK(bins == expected);
    CHECK(sum == expected_sum);
    CHECK(lowest == static_cast<int>(*std::min_element(keys.begin(), keys.end())) - 5);
    CHECK(highest == *std::max_element(keys.begin(), keys.end()));
  }
}

template <class T>
void check_shuffles() {
  std::vector<T> in;
  for (unsigned i = 0; i < 64; ++i) in.push_back(static_cast<T>(3 * i + 1));
  for (const unsigned seed : kSeeds) {
    schedule s({.seed = seed});
    for (const int width : {1, 2, 4, 8, 16, 32})
      for (const int argument : {0, 1, 2, 3, 7, 8, 16, 31}) {
        CAPTURE(width);
        CAPTURE(argument);
        std::vector<T> out(4 * 64), expected;
        launch(&shuffles<T>, dim3(1), dim3(64), 0, in.data(), argument, width, out.data());
        const auto add = [&](auto source) {
          for (int i = 0; i < 64; ++i) {
            const int segment = i / width * width, from = source(i % width, i % 32);
            // Outside its segment a lane gets its own value.
            const bool inside = from >= 0 && from < width;
            expected.push_back(in[static_cast<std::size_t>(inside ? segment + from : i)]);
          }
        };
        add([=](int, int) { return argument % width; });
        add([=](int place, int) { return place - argument; });
        add([=](int place, int) { return place + argument; });
        // The exclusive-or may also read an earlier segment.
        for (int i = 0; i < 64; ++i) {
          const int from = (i % 32) ^ argument;
          const bool readable = from / width <= i % 32 / width;
          expected.push_back(in[static_cast<std::size_t>(readable ? i / 32 * 32 + from : i)]);
        }
        CHECK(out == expected);
      }
  }
}

TEST_CASE("shuffles of all widths") {
  check_shuffles<int>();
  check_shuffles<unsigned long long>();
  check_shuffles<float>();
  check_shuffles<double>();
}

TEST_CASE("lanes of one warp in different operations") {
  const std::vector<int> in = random_ints(32, -1000, 1000);
  const int low = 2 * std::accumulate(in.begin(), in.begin() + 16, 0);
  const int high = 2 * std::accumulate(in.begin() + 16, in.end(), 0);
  for (const unsigned seed : kSeeds) {
    schedule s({.seed = seed});
    std::vector<int> sums(32), neighbours(32);
    launch(&partial_masks<>, dim3(1), dim3(32), 0, in.data(), sums.data(), neighbours.data());
    for (std::size_t i = 0; i < 32; ++i) {
      CHECK(neighbours[i] == in[i ^ 1]);
      CHECK(sums[i] == (i < 16 ? low : high));
    }
  }
}

TEST_CASE("a shuffle from a lane that takes no part is poisoned") {
  std::vector<unsigned> out(16);
  launch(&shuffle_from_absent_lane<>, dim3(1), dim3(32), 0, out.data());
  CHECK(out == std::vector<unsigned>(16, 0xdbdbdbdbu));
}

TEST_CASE("votes of blocks and warps") {
  for (const unsigned seed : kSeeds) {
    schedule s({.seed = seed});
    for (const int high : {0, 1, 40}) {  // all zero; a mixture; nearly all different from zero
      std::vector<int> in = random_ints(3 * 96, 0, high);
      std::fill_n(in.begin(), 40, 1);
      std::vector<int> counts(in.size()), alls(counts), anys(counts), warp_alls(counts),
          warp_anys(counts);
      launch(&votes<>, dim3(3), dim3(96), 0, in.data(), counts.data(), alls.data(), anys.data(),
             warp_alls.data(), warp_anys.data());
      for (std::size_t i = 0; i < in.size(); ++i) {
        const auto count = [&](std::size_t group) {
          const auto first = in.begin() + static_cast<std::ptrdiff_t>(i / group * group);
          return std::count_if(first, first + static_cast<std::ptrdiff_t>(group),
                               [](int v) { return v != 0; });
        };
        CHECK(counts[i] == count(96));
        CHECK(alls[i] == (count(96) == 96));
        CHECK(anys[i] == (count(96) != 0));
        CHECK(warp_alls[i] == (count(32) == 32));
        CHECK(warp_anys[i] == (count(32) != 0));
      }
    }
  }
}

TEST_CASE("a seed decides the order of blocks and threads; 0 is the natural order") {
  const dim3 grid(3, 2, 2), size(5, 4, 3);
  const std::size_t n = 12 * 60;
  const auto order = [&](unsigned seed) {
    schedule s({.seed = seed});
    unsigned ticket = 0;
    std::vector<unsigned> out(n);
    launch(&arrival_order<>, grid, size, 0, &ticket, out.data());
    return out;
  };
  std::vector<unsigned> natural(n);
  std::iota(natural.begin(), natural.end(), 0u);
  CHECK(order(0) == natural);
  for (const unsigned seed : {1u, 2u, 3u}) {
    const std::vector<unsigned> shuffled = order(seed);
    CHECK(shuffled != natural);
    CHECK(shuffled == order(seed));
    CHECK(shuffled[0] / 60 != shuffled[n - 1] / 60);
    CHECK(std::is_permutation(shuffled.begin(), shuffled.end(), natural.begin()));
  }
  CHECK(order(1) != order(2));
}

TEST_CASE("OS threads launch independently") {
  schedule mine({.seed = 5});
  unsigned tickets[2] = {};
  std::vector<unsigned> out(2 * 640);
  const auto run = [&](unsigned i) {
    CHECK(current_options.seed == (i == 0 ? 5 : 0));
    launch(&arrival_order<>, dim3(10), dim3(64), 0, tickets + i, out.data() + i * 640);
    CHECK(last_stats().threads == 640);
  };
  std::thread other(run, 1u);
  run(0);
  other.join();
  CHECK(tickets[0] == 640);
  CHECK(tickets[1] == 640);
}

TEST_CASE("schedules nest") {
  CHECK(current_options.seed == 0);
  CHECK(current_options.strict);
  {
    schedule outer({.seed = 4, .strict = false});
    {
      schedule inner({.seed = 5});
      CHECK(current_options.seed == 5);
      CHECK(current_options.strict);
    }
    CHECK(current_options.seed == 4);
    CHECK_FALSE(current_options.strict);
  }
  CHECK(current_options.seed == 0);
}

TEST_CASE("shared memory is poisoned anew for each block, and places have their own arrays") {
  std::vector<unsigned char> out(9);
  launch(&unwritten_shared<>, dim3(3), dim3(1), 1, out.data());
  CHECK(out == std::vector<unsigned char>(9, kUnwritten));
}

template <class T>
void check_atomics(T value) {
  for (const unsigned seed : kSeeds) {
    schedule s({.seed = seed});
    std::vector<T> cells{0,  static_cast<T>(value + 1000), 0, static_cast<T>(~T{0}), 0, 1, 77, 0, 0,
                         640};
    launch(&atomics<T>, dim3(1), dim3(64), 0, cells.data(), value);
    CHECK(cells[0] == 64 * value);
    CHECK(cells[1] == value);
    CHECK(cells[2] == value + 63);
    CHECK(cells[3] == static_cast<T>(~T{0xffff}));
    CHECK(cells[4] == T{0xffff});
    CHECK(cells[5] == 1);
    CHECK(cells[6] + cells[7] == 77 + 63 * 64 / 2);
    CHECK(cells[8] == 128);
    if constexpr (sizeof(T) == 4) CHECK(cells[9] == static_cast<T>(640 - 64 * value));
  }
}

TEST_CASE("atomics on integers") {
  check_atomics<int>(3);
  check_atomics<unsigned>(3);
  check_atomics<unsigned long long>(1ull << 40);
  int edge = 0x7fffffff;
  CHECK(atomicAdd(&edge, 1) == 0x7fffffff);
  CHECK(edge == -0x7fffffff - 1);
}

TEST_CASE("loads and stores with cache hints, and 16-bit floats") {
  std::vector<float4> in(32), out(96);
  std::vector<__half> halves(32);
  std::vector<__nv_bfloat16> bfloats(32);
  for (std::size_t i = 0; i < 32; ++i) {
    const auto f = static_cast<float>(i);
    in[i] = make_float4(f, f + 0.25f, f + 0.5f, f + 0.75f);
    halves[i] = __float2half_rn(f + 0.5f);
  }
  launch(&hinted_copy<>, dim3(1), dim3(32), 0, in.data(), out.data(), halves.data(),
         bfloats.data());
  for (std::size_t i = 0; i < 96; ++i) {
    const float4 a = in[i / 3], b = out[i];
    CHECK((a.x == b.x && a.y == b.y && a.z == b.z && a.w == b.w));
  }
  for (std::size_t i = 0; i < 32; ++i)
    CHECK(__bfloat162float(bfloats[i]) == 2.0f * static_cast<float>(i) + 1.0f);
}

TEST_CASE("speed" * doctest::skip()) {  // --no-skip --test-case=speed
  const auto measure = [](const char* name, auto run) {
    const auto start = std::chrono::steady_clock::now();
    run();
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    const auto threads = static_cast<double>(last_stats().threads);
    const auto switches = static_cast<double>(last_stats().switches);
    std::printf("%-30s %5.2f million threads/s, %.1f switches each, %.0f ns a switch\n", name,
                threads / taken.count() * 1e-6, switches / threads, taken.count() / switches * 1e9);
  };
  constexpr unsigned kRows = 4000, kCols = 256, kBlocks = 4000, kBlockSize = 256;
  const std::vector<int> x(std::size_t{kRows} * kCols, 1);
  std::vector<long long> sums(kRows);
  std::vector<int> negatives(kRows);
  std::vector<unsigned> order(std::size_t{kBlocks} * kBlockSize);
  for (const unsigned seed : {0u, 1u}) {
    schedule s({.seed = seed});
    std::printf("seed %u\n", seed);
    unsigned long long total = 0;
    measure("3 barriers, 10 to 20 shuffles", [&] {
      launch(&row_sums<128>, dim3(kRows), dim3(128), kCols * sizeof(int), x.data(),
             static_cast<int>(kCols), sums.data(), negatives.data(), &total);
    });
    CHECK(total == x.size());
    unsigned ticket = 0;
    measure("no barrier", [&] {
      launch(&arrival_order<>, dim3(kBlocks), dim3(kBlockSize), 0, &ticket, order.data());
    });
    CHECK(ticket == order.size());
  }
}

}  // namespace

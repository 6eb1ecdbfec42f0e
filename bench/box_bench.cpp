// box on the CPU: a million boxes converted and moved, beside plain loops and a copy of as many
// bytes, which is the limit. One thread.
#include "harness.hpp"
#include "instruction_sets.hpp"

#include <kernels/box.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>

namespace {

constexpr std::int64_t kBoxes = 1000000;

using box = kernels::box<float>;

struct data {
  std::vector<float> numbers = std::vector<float>(4 * kBoxes);  ///< centres and sizes
  std::vector<box> boxes = std::vector<box>(kBoxes);
  std::vector<box> out = std::vector<box>(kBoxes);
  std::vector<float> numbers_out = std::vector<float>(4 * kBoxes);
};

const kernels::box_move kMove{.scale_x = 3,
                              .scale_y = 3,
                              .shift_x = -8,
                              .shift_y = 4,
                              .clip_width = 1920,
                              .clip_height = 1080};

void plain_from(const data& d, std::vector<box>& out) {
  for (std::size_t k = 0; k < out.size(); ++k) {
    const float* n = d.numbers.data() + 4 * k;
    out[k] = {n[0] - n[2] / 2, n[1] - n[3] / 2, n[0] + n[2] / 2, n[1] + n[3] / 2};
  }
}

void plain_to(const data& d, std::vector<float>& out) {
  for (std::size_t k = 0; k < d.boxes.size(); ++k) {
    const box& b = d.boxes[k];
    float* n = out.data() + 4 * k;
    n[0] = (b.left + b.right) / 2;
    n[1] = (b.top + b.bottom) / 2;
    n[2] = b.right - b.left;
    n[3] = b.bottom - b.top;
  }
}

void plain_move(const data& d, std::vector<box>& out) {
  const auto x = [](float v) { return std::clamp(v * 3 - 8, 0.0F, 1920.0F); };
  const auto y = [](float v) { return std::clamp(v * 3 + 4, 0.0F, 1080.0F); };
  for (std::size_t k = 0; k < out.size(); ++k) {
    const box& b = d.boxes[k];
    out[k] = {x(b.left), y(b.top), x(b.right), y(b.bottom)};
  }
}

/// Numbers of either side; box<float> is four of them.
bool near(const void* a, const void* b) {
  std::vector<float> x(4 * kBoxes);
  std::vector<float> y(4 * kBoxes);
  std::memcpy(x.data(), a, x.size() * sizeof(float));
  std::memcpy(y.data(), b, y.size() * sizeof(float));
  return std::equal(x.begin(), x.end(), y.begin(),
                    [](float p, float q) { return std::abs(p - q) < 1e-3F; });
}

}  // namespace

int main(int argc, char** argv) {
  using kernels::box_format;
  using kernels::packed;
  const bench::options chosen = bench::parse(argc, argv);
  bench::machine_facts facts;
  facts.add("command", chosen.command);

  data d;
  std::mt19937 random(4);
  for (auto& n : d.numbers) n = static_cast<float>(random() % 16000) / 16;
  plain_from(d, d.boxes);
  // the network's output may stand number by number
  std::vector<float> transposed(d.numbers.size());
  for (std::size_t k = 0; k < d.numbers.size(); ++k) {
    transposed[(k % 4) * kBoxes + k / 4] = d.numbers[k];
  }
  const kernels::view<const float, 2> numbers =
      packed(std::as_const(d.numbers).data(), {kBoxes, 4});
  const kernels::view<const float, 2> columns{transposed.data(), {kBoxes, 4}, {1, kBoxes}};
  const kernels::view<const box, 1> boxes = packed(std::as_const(d.boxes).data(), {kBoxes});
  const kernels::view<box, 1> out = packed(d.out.data(), {kBoxes});
  const kernels::view<float, 2> numbers_out = packed(d.numbers_out.data(), {kBoxes, 4});

  struct job {
    std::string name;
    std::function<void(kernels::on_cpu)> run;
    std::function<void()> plain;
    bool gives_numbers = false;
  };
  const job jobs[] = {
      {"from cxcywh",
       [&](kernels::on_cpu exec) {
         kernels::convert_boxes<float>(exec, numbers, box_format::cxcywh, out);
       },
       [&] { plain_from(d, d.out); }},
      {"from cxcywh, (4, N)",
       [&](kernels::on_cpu exec) {
         kernels::convert_boxes<float>(exec, columns, box_format::cxcywh, out);
       },
       [&] { plain_from(d, d.out); }},
      {"to cxcywh",
       [&](kernels::on_cpu exec) {
         kernels::convert_boxes<float>(exec, boxes, box_format::cxcywh, numbers_out);
       },
       [&] { plain_to(d, d.numbers_out); }, true},
      {"move_boxes, clipped",
       [&](kernels::on_cpu exec) { kernels::move_boxes<float>(exec, boxes, out, kMove); },
       [&] { plain_move(d, d.out); }},
  };
  std::vector<kernels::instruction_set> sets;  // AVX-512 runs the code of AVX2
  for (const auto isa : bench::instruction_sets()) {
    if (isa != kernels::instruction_set::avx512) sets.push_back(isa);
  }
  for (const job& j : jobs) {
    const void* result = j.gives_numbers ? static_cast<const void*>(d.numbers_out.data())
                                         : static_cast<const void*>(d.out.data());
    j.plain();
    std::vector<float> expected(4 * kBoxes);
    std::memcpy(expected.data(), result, expected.size() * sizeof(float));
    for (const auto isa : sets) {
      const kernels::on_cpu exec{.threads = 1, .isa = isa};
      j.run(exec);
      if (!near(result, expected.data())) {
        std::fprintf(stderr, "bench_box: %s: not the plain loop's numbers\n", j.name.c_str());
        return EXIT_FAILURE;
      }
      bench::add(j.name + kernels::cpu::name(isa), [&j, exec] {
        j.run(exec);
        benchmark::ClobberMemory();
      });
    }
    bench::add(j.name + "plain", [&j] {
      j.plain();
      benchmark::ClobberMemory();
    });
  }
  bench::add("copy", [&] {
    std::memcpy(d.numbers_out.data(), d.numbers.data(), d.numbers.size() * sizeof(float));
    benchmark::ClobberMemory();
  });

  const auto measured = bench::run(chosen, chosen.quick ? 3 : 9, chosen.quick ? 0.02 : 0.1);
  constexpr double kBytes = 2.0 * 4 * sizeof(float) * kBoxes;
  const double copy = measured.at("copy").median;
  bench::table table({"1,000,000 boxes, float, one thread", "ms", "lowest", "spread",
                      "read and written, GB/s", "memcpy's speed", "plain loop / this"});
  const auto add = [&](const std::string& what, const std::string& name, double plain) {
    const auto& t = measured.at(name);
    table.add({what, bench::fixed(1e3 * t.median, 3), bench::fixed(1e3 * t.lowest, 3),
               bench::spread(t), bench::fixed(kBytes / t.median / 1e9, 1),
               bench::percent(copy / t.median), plain > 0 ? bench::times(plain / t.median) : "–"});
  };
  for (const job& j : jobs) {
    for (const auto isa : sets) {
      add(j.name + ", " + kernels::cpu::name(isa), j.name + kernels::cpu::name(isa),
          measured.at(j.name + "plain").median);
    }
  }
  add("memcpy of as many bytes: the limit", "copy", 0);
  return bench::finish(chosen, measured, facts.text() + "\n" + table.text());
}

// box on the CPU.
#include "../box_cases.hpp"

#include <kernels/box.hpp>

namespace {

using namespace box_cases;
using kernels::instruction_set;
using kernels::packed;

std::int64_t length(std::size_t n) { return static_cast<std::int64_t>(n); }

struct cpu_run {
  kernels::on_cpu exec;
  bool transposed = false;  ///< numbers as (4, N)
  bool apart = false;       ///< boxes two apart

  [[nodiscard]] std::int64_t step() const { return apart ? 2 : 1; }
  template <class U>
  [[nodiscard]] kernels::view<U, 2> numbers_of(U* data, std::int64_t n) const {
    if (transposed) return {data, {n, 4}, {1, std::max<std::int64_t>(n, 1)}};
    return packed(data, {n, 4});
  }
  template <class T>
  std::vector<T> order(const std::vector<T>& numbers, bool back) const {
    if (!transposed) return numbers;
    std::vector<T> other(numbers.size());
    const std::size_t n = numbers.size() / 4;
    for (std::size_t k = 0; k < n; ++k) {
      for (std::size_t c = 0; c < 4; ++c) {
        (back ? other[4 * k + c] : other[c * n + k]) =
            back ? numbers[c * n + k] : numbers[4 * k + c];
      }
    }
    return other;
  }
  template <class T>
  boxes<T> from(const std::vector<T>& numbers, box_format format) const {
    const std::vector<T> stored = order(numbers, false);
    const std::size_t n = numbers.size() / 4;
    boxes<T> out(n * static_cast<std::size_t>(step()));
    kernels::convert_boxes<T>(exec, numbers_of(stored.data(), length(n)), format,
                              {out.data(), {length(n)}, {step()}});
    boxes<T> given(n);
    for (std::size_t k = 0; k < n; ++k) given[k] = out[k * static_cast<std::size_t>(step())];
    return given;
  }
  template <class T>
  std::vector<T> to(const boxes<T>& all, box_format format) const {
    std::vector<T> out(4 * all.size());
    boxes<T> in(all.size() * static_cast<std::size_t>(step()));
    for (std::size_t k = 0; k < all.size(); ++k) in[k * static_cast<std::size_t>(step())] = all[k];
    kernels::convert_boxes<T>(exec, {in.data(), {length(all.size())}, {step()}}, format,
                              numbers_of(out.data(), length(all.size())));
    return order(out, true);
  }
  template <class T>
  boxes<T> move(boxes<T> all, const kernels::box_move& options) const {
    const auto view = packed(all.data(), {length(all.size())});
    kernels::move_boxes<T>(exec, view, view, options);  // in place
    return all;
  }
};

}  // namespace

TEST_CASE("box cpu: formats and moves equal their definitions") {
  for (const auto isa : {instruction_set::portable, instruction_set::best}) {
    for (const bool transposed : {false, true}) {
      for (const bool apart : {false, true}) {
        const cpu_run run{{.threads = 2, .isa = isa}, transposed, apart};
        all_cases<float>(run);
        all_cases<double>(run);
      }
    }
  }
}

TEST_CASE("box cpu: numbers of a box that are not adjacent, boxes four numbers apart") {
  std::vector<float> numbers(32);
  for (std::size_t k = 0; k < 32; ++k) numbers[k] = static_cast<float>(k);
  boxes<float> out(2);
  kernels::convert_boxes<float>(kernels::on_cpu{1}, {numbers.data(), {2, 4}, {4, 8}},
                                box_format::tlwh, packed(out.data(), {2}));
  CHECK(out[0] == kernels::box<float>{0, 8, 16, 32});
  CHECK(out[1] == kernels::box<float>{4, 12, 24, 40});
  std::vector<float> back(32, -1.0F);
  kernels::convert_boxes<float>(kernels::on_cpu{1}, packed(out.data(), {2}), box_format::tlwh,
                                {back.data(), {2, 4}, {4, 8}});
  for (const std::size_t k : {0U, 8U, 16U, 24U, 4U, 12U, 20U, 28U}) CHECK(back[k] == numbers[k]);
}

TEST_CASE("box cpu: the same bytes with and without vector units, with any number of threads") {
  std::mt19937 random(3);
  std::vector<float> numbers(4 * 70000);
  for (auto& x : numbers) x = static_cast<float>(random()) * 1e-6F;
  const cpu_run plain{{.threads = 1, .isa = instruction_set::portable}};
  for (const int threads : {1, 3}) {
    const cpu_run best{{.threads = threads}};
    for (const auto format : kFormats) {
      const auto boxes = plain.from(numbers, format);
      CHECK(best.from(numbers, format) == boxes);
      CHECK(best.to(boxes, format) == plain.to(boxes, format));
      CHECK(best.move(boxes, {.scale_x = 0.3, .shift_y = 0.1}) ==
            plain.move(boxes, {.scale_x = 0.3, .shift_y = 0.1}));
    }
  }
}

TEST_CASE("box: refused arguments") {
  std::vector<float> numbers(15);
  boxes<float> out(3);
  const kernels::on_cpu exec;
  const auto to = packed(out.data(), {3});
  CHECK_THROWS_WITH_AS(
      kernels::convert_boxes<float>(exec, packed(numbers.data(), {3, 5}), box_format::xyxy, to),
      doctest::Contains("in: wanted shape (N, 4), given (3, 5)"), kernels::error);
  CHECK_THROWS_WITH_AS(
      kernels::convert_boxes<float>(exec, packed(numbers.data(), {2, 4}), box_format::xyxy, to),
      doctest::Contains("out: wanted 2 elements"), kernels::error);
  CHECK_THROWS_WITH_AS(kernels::move_boxes<float>(exec, to, to, {.clip_width = -1}),
                       doctest::Contains("clip_width"), kernels::error);
#if !KERNELS_HAS_CUDA
  CHECK_THROWS_WITH_AS(kernels::move_boxes<float>(kernels::on_gpu(), {}, {}, {}),
                       doctest::Contains("kernels::cuda"), kernels::error);
#endif
}

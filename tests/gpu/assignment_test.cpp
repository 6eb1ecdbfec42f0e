// assignment on a GPU, through the front door.
#include "../assignment_cases.hpp"
#include "gpu_test.hpp"

#include <kernels/assignment.hpp>
#include <kernels/core/buffer.hpp>

namespace {

using assignment_cases::answer;
using assignment_cases::form;
using assignment_cases::kind;
using assignment_cases::kInfinity;
using assignment_cases::problem;
using device_bytes = kernels::buffer<std::byte, kernels::memory::device>;

/// Views of copies on the device.
struct uploads {
  std::vector<device_bytes> memory;

  template <class Vector>
  auto operator()(Vector& v) {
    using T = typename Vector::value_type;
    const auto size = static_cast<std::int64_t>(v.size());
    memory.emplace_back(size * static_cast<std::int64_t>(sizeof(T)));
    auto* data = reinterpret_cast<T*>(memory.back().data());
    kernels::copy(kernels::packed(static_cast<const T*>(v.data()), {size}),
                  kernels::packed<kernels::space::device>(data, {size}));
    using element = std::remove_pointer_t<decltype(v.data())>;
    return kernels::packed<kernels::space::device>(static_cast<element*>(data), {size});
  }
};

template <class T>
void download(const device_bytes& memory, std::vector<T>& to) {
  const auto size = static_cast<std::int64_t>(to.size());
  kernels::copy(
      kernels::packed<kernels::space::device>(reinterpret_cast<const T*>(memory.data()), {size}),
      kernels::packed(to.data(), {size}));
  kernels::check_cuda(cudaDeviceSynchronize(), "download");
}

std::vector<answer> run(const std::vector<problem>& problems, double limit, form f) {
  assignment_cases::batch b(problems);
  const kernels::on_gpu exec;
  device_bytes scratch(
      kernels::assignment_workspace_bytes<double>(exec, b.rows.back(), b.columns.back()));
  uploads list;
  assignment_cases::assign_batch(
      exec, b, limit, f, [&](auto& v) { return list(v); }, scratch.as({scratch.size()}));
  download(list.memory[list.memory.size() - 2], b.row_to_column);  // the last two
  download(list.memory.back(), b.column_to_row);
  return b.answers();
}

std::vector<answer> on_cpu(const std::vector<problem>& problems, double limit, form f) {
  assignment_cases::batch b(problems);
  assignment_cases::assign_batch(kernels::on_cpu(), b, limit, f, [](auto& v) {
    return kernels::packed(v.data(), {static_cast<std::int64_t>(v.size())});
  });
  return b.answers();
}

}  // namespace

TEST_CASE("assignment gpu: the best of all matchings, greedy, ties") {
  assignment_cases::best_of_all_matchings(run, 60);
  assignment_cases::greedy_by_definition(run, 40);
  assignment_cases::ties(run);
}

TEST_CASE("assignment gpu: as good as padding to a square") {
  assignment_cases::equals_padding(run, {{1, 33}, {33, 31}, {65, 20}, {100, 100}});
}

TEST_CASE("assignment gpu: large problems and many, the CPU's answers") {
  std::mt19937 random(31);
  for (const kind k : {kind::fractions, kind::whole_numbers, kind::sparse}) {
    std::vector<problem> large{assignment_cases::random_problem(random, 300, 2500, k),
                               assignment_cases::random_problem(random, 400, 350, k)};
    std::vector<problem> many;
    for (int g = 0; g < 3000; ++g) {
      many.push_back(assignment_cases::random_problem(random, static_cast<int>(random() % 40),
                                                      static_cast<int>(random() % 40), k));
    }
    for (const double limit : {kInfinity, 0.6}) {
      for (const form f : {form::dense, form::lists, form::greedy, form::greedy_lists}) {
        CHECK(run(large, limit, f) == on_cpu(large, limit, f));
        CHECK(run(many, limit, f) == on_cpu(many, limit, f));
      }
    }
  }
}

TEST_CASE("assignment gpu: one matrix in a graph, float") {
  std::mt19937 random(32);
  const problem p = assignment_cases::random_problem(random, 60, 70, kind::fractions);
  const std::vector<float> cost(p.cost.begin(), p.cost.end());
  answer expected{std::vector<std::int32_t>(60), std::vector<std::int32_t>(70)};
  kernels::assignment_solver<float>().solve(kernels::packed(cost.data(), {60, 70}), 0.5F,
                                            expected.row_to_column, expected.column_to_row);
  answer given{std::vector<std::int32_t>(60), std::vector<std::int32_t>(70)};
  uploads list;
  const auto c = list(cost);
  const auto x = list(given.row_to_column);
  const auto y = list(given.column_to_row);
  const gpu_test::stream stream;
  const kernels::on_gpu exec(stream.get());
  device_bytes scratch(kernels::assignment_workspace_bytes<float>(exec, 60, 70));
  const kernels::device_view<const float, 2> matrix{c.data, {60, 70}, {70, 1}};
  const auto graph = stream.capture(
      [&] { kernels::assign(exec, matrix, x, y, {.limit = 0.5F}, scratch.as({scratch.size()})); });
  for (int twice = 0; twice < 2; ++twice) graph.launch(stream);
  stream.wait();
  download(list.memory[1], given.row_to_column);
  download(list.memory[2], given.column_to_row);
  CHECK(given == expected);
}

// Part of the CUDA emulator: launching a kernel.
#pragma once

#include <emulator/block.hpp>
#include <emulator/schedule.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

namespace kernels::emulator {

// Refuses what every GPU refuses. Shared memory is limited to that of the largest GPUs.
inline void check_launch(dim3 grid, dim3 block_size, std::size_t dynamic_bytes) {
  constexpr unsigned kMaxThreads = 1024, kMaxDepth = 64, kMaxGridYZ = 65535;
  constexpr unsigned kMaxGridX = 0x7fffffff;
  constexpr std::size_t kMaxShared = 227 * 1024;
  const auto threads = std::uint64_t{block_size.x} * block_size.y * block_size.z;
  if (threads == 0 || block_size.x > kMaxThreads || block_size.y > kMaxThreads ||
      block_size.z > kMaxDepth || threads > kMaxThreads)
    throw error(text("launch: no GPU runs a block of ", to_string(block_size), " threads"));
  if (grid.x == 0 || grid.y == 0 || grid.z == 0 || grid.x > kMaxGridX || grid.y > kMaxGridYZ ||
      grid.z > kMaxGridYZ)
    throw error(text("launch: no GPU runs a grid of ", to_string(grid), " blocks"));
  if (dynamic_bytes > kMaxShared)
    throw error(text("launch: no GPU gives a block ", std::to_string(dynamic_bytes),
                     " bytes of shared memory"));
}

// Runs the whole grid, under the current schedule, and returns when it is done. Throws error.
template <class... Parameters, class... Arguments>
void launch(void (*kernel)(Parameters...), dim3 grid, dim3 block_size,
            std::size_t dynamic_shared_bytes, Arguments&&... arguments) {
  static_assert((std::is_trivially_copyable_v<Parameters> && ...),
                "kernel parameters are copied to the GPU byte by byte");
  static_assert(!(std::is_reference_v<Parameters> || ...), "kernels take no references");
  if (running_block != nullptr) throw error("launch: kernels cannot launch kernels");
  current_stats = {};
  check_launch(grid, block_size, dynamic_shared_bytes);

  const std::tuple<Parameters...> parameters(std::forward<Arguments>(arguments)...);
  chooser choose(current_options.seed);
  block b(grid, block_size, dynamic_shared_bytes, current_options.strict, choose,
          [&] { std::apply(kernel, parameters); });

  struct running_scope {
    explicit running_scope(block* now) { running_block = now; }
    ~running_scope() { running_block = nullptr; }
  } scope(&b);

  const auto threads = std::uint64_t{block_size.x} * block_size.y * block_size.z;
  for (const std::uint64_t i : choose.order(std::uint64_t{grid.x} * grid.y * grid.z)) {
    const std::uint64_t row = i / grid.x;
    b.run({static_cast<unsigned>(i % grid.x), static_cast<unsigned>(row % grid.y),
           static_cast<unsigned>(row / grid.y)});
    current_stats.threads += threads;
  }
}

}  // namespace kernels::emulator

// The instruction sets that this processor has, slowest first.
#pragma once

#include <kernels/cpu/isa.hpp>

#include <vector>

namespace bench {

inline std::vector<kernels::instruction_set> instruction_sets() {
  using kernels::instruction_set;
  std::vector<instruction_set> all;
  for (const auto isa :
       {instruction_set::portable, instruction_set::avx2, instruction_set::avx512}) {
    if (kernels::cpu::supported(isa)) all.push_back(isa);
  }
  return all;
}

}  // namespace bench

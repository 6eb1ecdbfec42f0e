// The instruction sets that a test runs with: all that this processor has, slowest first.
#pragma once

#include <kernels/cpu/isa.hpp>

#include <doctest/doctest.h>

#include <vector>

inline std::vector<kernels::instruction_set> instruction_sets() {
  using kernels::instruction_set;
  std::vector<instruction_set> all;
  for (const auto isa :
       {instruction_set::portable, instruction_set::avx2, instruction_set::avx512}) {
    if (kernels::cpu::supported(isa)) {
      all.push_back(isa);
    } else {
      MESSAGE("skipped: this processor has no ", kernels::cpu::name(isa));
    }
  }
  return all;
}

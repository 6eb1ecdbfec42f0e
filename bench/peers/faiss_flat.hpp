// FAISS's exact inner-product search. Its BLAS is whatever libblas.so.3 is: with OpenBLAS it needs
// OPENBLAS_CORETYPE=SKYLAKEX (old versions do not know new processors) and OMP_WAIT_POLICY=passive.
#pragma once

#if defined(KERNELS_BENCH_FAISS)

#include <faiss/IndexFlat.h>

#include <dlfcn.h>
#include <omp.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace bench {

/// Starts the program again with the environment that FAISS needs, unless it is there.
inline void faiss_environment(char** argv) {
  if (std::getenv("OPENBLAS_CORETYPE") != nullptr) return;
  setenv("OPENBLAS_CORETYPE", "SKYLAKEX", 1);
  setenv("OMP_WAIT_POLICY", "passive", 1);
  execv("/proc/self/exe", argv);
}

/// "1.7.3 with OpenBLAS"
inline std::string faiss_text() {
  const bool open = dlsym(RTLD_DEFAULT, "openblas_set_num_threads") != nullptr;
  return std::to_string(FAISS_VERSION_MAJOR) + "." + std::to_string(FAISS_VERSION_MINOR) + "." +
         std::to_string(FAISS_VERSION_PATCH) +
         (open ? " with OpenBLAS" : " with a BLAS that is not OpenBLAS (slow from 20 queries on)");
}

inline void faiss_threads(int threads) {
  omp_set_num_threads(threads);
  using setter = void (*)(int);
  const auto set = reinterpret_cast<setter>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"));
  if (set != nullptr) set(threads);
}

}  // namespace bench

#endif

// What the library throws: kernels::error for bad arguments, cuda_error for failures of the CUDA
// runtime, out_of_memory for memory that could not be had (halve the batch and try again).
#pragma once

#include <kernels/core/version.hpp>

#include <cstdio>
#include <stdexcept>
#include <string>
#include <string_view>

namespace kernels::inline KERNELS_ABI {

/// A refused call: nothing has been written. The one-line message names the operation and the
/// argument, what was wanted and what was given.
class error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A failure reported by the CUDA runtime; code() is the cudaError_t.
class cuda_error : public error {
 public:
  cuda_error(const std::string& message, int code) : error(message), code_(code) {}
  [[nodiscard]] int code() const noexcept { return code_; }

 private:
  int code_;
};

/// Host, pinned or device memory ran out.
class out_of_memory : public error {
 public:
  using error::error;
};

/// 0.1, 1e+20, nan: a number for a message.
inline std::string number_text(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

/// Throws kernels::error: "operation: argument: wanted W, given G".
[[noreturn]] inline void refuse(std::string_view operation, std::string_view argument,
                                std::string_view wanted, std::string_view given) {
  std::string message;
  message.append(operation).append(": ").append(argument).append(": wanted ");
  message.append(wanted).append(", given ").append(given);
  throw error(message);
}

}  // namespace kernels::inline KERNELS_ABI

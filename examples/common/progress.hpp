// How far a long job has come: a bar on a terminal, a line now and then elsewhere.
#pragma once

#include <common/stopwatch.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace kernels::examples {

/// Writes to stderr. One thread at a time.
class progress {
 public:
  /// total: how many steps are expected; 0 if nobody knows.
  progress(std::string program, std::string unit, std::int64_t total, bool quiet);
  ~progress();
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;

  void advance();
  /// A message of its own line, quiet or not.
  void note(std::string_view message);
  /// Takes the bar away.
  void finish();

 private:
  void draw();
  void clear();
  [[nodiscard]] std::string rate_and_rest() const;

  std::string program_, unit_;
  std::int64_t total_;
  bool quiet_, terminal_;
  std::int64_t done_ = 0;
  bool shown_ = false;
  stopwatch since_start_, since_drawn_;
};

}  // namespace kernels::examples

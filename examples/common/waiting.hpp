// A step that takes long and cannot say how far it is: at least that it goes on, and for how long.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace kernels::examples {

/// Nothing may be half written meanwhile: such a step does not look whether it should stop, so that
/// at Ctrl-C the program ends from here. While it lives: on a terminal a line that counts seconds,
/// elsewhere a line now and then, on stderr. Nothing for steps that are over soon, and nothing if
/// quiet.
class waiting {
 public:
  /// what: "grouping 55000 rows"
  waiting(std::string program, std::string what, bool quiet);
  ~waiting();
  waiting(const waiting&) = delete;
  waiting& operator=(const waiting&) = delete;

 private:
  void tell();

  std::string program_, what_;
  bool terminal_, quiet_;
  bool over_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::jthread teller_;
};

}  // namespace kernels::examples

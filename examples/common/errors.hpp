// What the programs throw. Every message is one line that names the thing and the remedy.
#pragma once

#include <stdexcept>

namespace kernels::examples {

/// The user's mistake: a wrong argument, a file that is not what it should be. Exit code 2.
class usage_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Something that should have worked and did not. Exit code 1.
class failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The output cannot be written: going on with the next input would not help.
class output_failure : public failure {
 public:
  using failure::failure;
};

/// The user pressed Ctrl-C (or the program was asked to end). Exit code 128 + signal.
class stopped : public std::runtime_error {
 public:
  stopped() : std::runtime_error("stopped") {}
};

}  // namespace kernels::examples

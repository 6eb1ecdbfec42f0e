// The frame around a program: exceptions become one line on stderr and an exit code.
#pragma once

#include <functional>
#include <string_view>

namespace kernels::examples {

/// Calls body and returns its exit code; prints "program: message" for what it throws.
/// Also silences the libraries underneath, which print notes of their own, and lets the program
/// stop cleanly at Ctrl-C (see stop.hpp).
/// less_memory: what the user may do when memory runs out.
int run_main(std::string_view program, const std::function<int()>& body,
             std::string_view less_memory = "choose a smaller --size or fewer views");

/// Prints one line "program: message" on stderr; line ends inside the message become spaces.
void print_message(std::string_view program, std::string_view message);

}  // namespace kernels::examples

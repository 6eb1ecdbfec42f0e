// The commands of reid: each adds its options to the command line and says what is to be done.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace kernels::examples {

using action = std::function<int()>;

/// chosen: set to the work, and returned exit code, of the command that the user named.
void add_enroll(CLI::App& app, action& chosen);
void add_match(CLI::App& app, action& chosen);
void add_remove(CLI::App& app, action& chosen);
void add_info(CLI::App& app, action& chosen);
void add_eval(CLI::App& app, action& chosen);
void add_compare(CLI::App& app, action& chosen);
void add_bench(CLI::App& app, action& chosen);
void add_embed(CLI::App& app, action& chosen);

}  // namespace kernels::examples

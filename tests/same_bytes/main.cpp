// Runs all registered operations; exit code 1 if a hash is not the one that stands in its source.
#include "same_bytes.hpp"

#include <cstdio>

namespace same_bytes {
namespace {

struct entry {
  const char* name;
  void (*run)();
};

std::vector<entry>& operations() {
  static std::vector<entry> all;
  return all;
}

int failures = 0;

}  // namespace

operation::operation(const char* name, void (*run)()) { operations().push_back({name, run}); }

void expect(const char* what, std::uint64_t expected, std::uint64_t given) {
  const bool same = expected == given;
  std::printf("%-28s %016llx %s\n", what, static_cast<unsigned long long>(given),
              same ? "ok" : "DIFFERENT");
  failures += same ? 0 : 1;
}

}  // namespace same_bytes

int main() {
  for (const auto& operation : same_bytes::operations()) operation.run();
  return same_bytes::failures == 0 ? 0 : 1;
}

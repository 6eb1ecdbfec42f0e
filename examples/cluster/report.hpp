// What was found: a table for people, JSON for programs.
#pragma once

#include "grouping.hpp"

#include <common/embeddings.hpp>

#include <string>

namespace kernels::examples {

struct run_seconds {
  double read = 0, group = 0, draw = 0, write = 0, total = 0;
};

std::string report_text(const options& o, const embeddings& e, const grouping& g,
                        const run_seconds& seconds);
std::string report_json(const options& o, const embeddings& e, const grouping& g,
                        const run_seconds& seconds);

}  // namespace kernels::examples

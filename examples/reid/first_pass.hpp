// The number formats of a search's first pass, by the names that users type.
#pragma once

#include <common/arguments.hpp>

#include <kernels/search.hpp>

#include <string>

namespace kernels::examples {

/// fp32, fp16, bf16 or int8. Errors: usage_error.
inline first_pass first_pass_of(const std::string& name) {
  return one_of<first_pass>("--first-pass", name,
                            {{"fp32", first_pass::float32},
                             {"fp16", first_pass::float16},
                             {"bf16", first_pass::bfloat16},
                             {"int8", first_pass::int8}});
}

}  // namespace kernels::examples

// Where the test data is: not part of the project, see KERNELS_TEST_DATA in tests/CMakeLists.txt.
#pragma once

#include <filesystem>

namespace real_data {

/// The folder of all test data; it exists, or main() has reported the test as skipped.
std::filesystem::path folder();

}  // namespace real_data

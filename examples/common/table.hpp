// A small table of text.
#pragma once

#include <string>
#include <vector>

namespace kernels::examples {

/// Rows of cells in columns: the first column to the left, the others to the right.
/// An empty row becomes a rule.
std::string table_text(const std::vector<std::vector<std::string>>& rows);

/// printf("%.*f")
std::string number_text(double value, int decimals);

}  // namespace kernels::examples

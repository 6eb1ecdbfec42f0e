// Lists of names, one a line, and fields of CSV files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace kernels::examples {

/// One name a line, UTF-8, lines ending in LF or CRLF; spaces at both ends are left out.
/// Errors: usage_error naming the file, the line and the reason: an empty line, a control
/// character, broken UTF-8.
std::vector<std::string> read_names(const std::filesystem::path& path);
std::vector<std::string> parse_names(std::string_view text, const std::string& name);

/// Errors: usage_error unless there are as many names as rows of the matrix in the other file.
void check_count(const std::vector<std::string>& names, const std::filesystem::path& path,
                 std::int64_t rows, const std::filesystem::path& matrix);

/// A number for each different name, from 0 in order of appearance.
std::vector<std::int32_t> numbered(const std::vector<std::string>& names);

/// A field of a CSV file: in quotes if it needs them.
std::string csv_field(std::string_view text);

/// With 9 significant digits, which tell any two float32 apart: "0.850000024".
std::string score_text(double score);

}  // namespace kernels::examples

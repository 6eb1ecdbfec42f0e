// The contact sheet: a row of pictures a cluster, largest clusters first, noise last.
#pragma once

#include "grouping.hpp"

#include <opencv2/core.hpp>

#include <filesystem>
#include <vector>

namespace kernels::examples {

/// The pictures that the list names, one a row. A name that leads nowhere from here is looked for
/// beside the list. Errors: usage_error: not as many as rows, or a picture that does not exist.
std::vector<std::filesystem::path> read_picture_list(const std::filesystem::path& list,
                                                     std::int64_t rows,
                                                     const std::filesystem::path& matrix);

/// Of each cluster the surest rows (else the first). Errors: usage_error naming a picture that
/// cannot be decoded.
cv::Mat draw_sheet(const options& o, const grouping& g,
                   const std::vector<std::filesystem::path>& pictures);

}  // namespace kernels::examples

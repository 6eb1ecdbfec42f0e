#include "sheet.hpp"

#include <common/contact_sheet.hpp>
#include <common/decode.hpp>
#include <common/errors.hpp>
#include <common/names.hpp>
#include <common/progress.hpp>
#include <common/stop.hpp>

#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <numeric>

namespace kernels::examples {
namespace fs = std::filesystem;
namespace {

constexpr int kMostPixels = 1024;  // of a picture that waits to be drawn

cv::Mat small_picture(const fs::path& path) {
  cv::Mat picture;
  try {
    picture = read_image(path);
  } catch (const failure& e) {
    throw usage_error(e.what());
  }
  const double ratio = static_cast<double>(kMostPixels) / std::max(picture.cols, picture.rows);
  if (ratio >= 1) return picture;
  cv::Mat smaller;
  cv::resize(
      picture, smaller,
      {std::max(1, cvRound(picture.cols * ratio)), std::max(1, cvRound(picture.rows * ratio))}, 0,
      0, cv::INTER_AREA);
  return smaller;
}

struct sheet_group {
  std::string name;
  std::vector<std::int64_t> rows;  ///< in the order in which they are shown
};

/// Clusters by size, noise last.
std::vector<sheet_group> groups_of(const grouping& g) {
  const auto count = g.sizes().size();
  std::vector<sheet_group> groups(count + 1);
  for (std::size_t k = 0; k < count; ++k) groups[k].name = "cluster " + std::to_string(k);
  groups[count].name = "noise";
  for (std::size_t r = 0; r < g.labels.size(); ++r) {
    const auto label = g.labels[r];
    groups[label < 0 ? count : static_cast<std::size_t>(label)].rows.push_back(
        static_cast<std::int64_t>(r));
  }
  if (!g.probabilities.empty()) {
    for (auto& group : groups) {
      std::ranges::stable_sort(group.rows, [&](std::int64_t a, std::int64_t b) {
        return g.probabilities[static_cast<std::size_t>(a)] >
               g.probabilities[static_cast<std::size_t>(b)];
      });
    }
  }
  std::stable_sort(groups.begin(), groups.end() - 1,
                   [](const auto& a, const auto& b) { return a.rows.size() > b.rows.size(); });
  return groups;
}

/// The largest clusters, and the noise.
std::vector<sheet_group> shown(std::vector<sheet_group> groups, std::size_t most) {
  const auto noise = groups.back();
  groups.pop_back();
  if (groups.size() > most) groups.resize(most);
  if (!noise.rows.empty()) groups.push_back(noise);
  return groups;
}

}  // namespace

std::vector<fs::path> read_picture_list(const fs::path& list, std::int64_t rows,
                                        const fs::path& matrix) {
  const auto names = read_names(list);
  check_count(names, list, rows, matrix);
  std::vector<fs::path> pictures;
  pictures.reserve(names.size());
  for (std::size_t k = 0; k < names.size(); ++k) {
    fs::path path = names[k];
    std::error_code code;
    if (!fs::is_regular_file(path, code)) path = list.parent_path() / path;
    if (!fs::is_regular_file(path, code)) {
      throw usage_error(list.string() + ":" + std::to_string(k + 1) + ": there is no picture " +
                        names[k] + ", here or beside the list");
    }
    pictures.push_back(path);
  }
  return pictures;
}

cv::Mat draw_sheet(const options& o, const grouping& g, const std::vector<fs::path>& pictures) {
  const auto groups = shown(groups_of(g), static_cast<std::size_t>(o.sheet_rows));
  const auto columns = static_cast<std::size_t>(o.sheet_columns);
  std::int64_t total = 0;
  for (const auto& group : groups) {
    total += static_cast<std::int64_t>(std::min(group.rows.size(), columns));
  }
  progress bar("cluster", "pictures", total, o.quiet);
  std::vector<picture_row> rows;
  for (const auto& group : groups) {
    const auto count = std::min(group.rows.size(), columns);
    picture_row row{group.name,
                    std::to_string(group.rows.size()) +
                        (group.rows.size() == 1 ? " picture" : " pictures") +
                        (count < group.rows.size() ? ", " + std::to_string(count) + " shown" : ""),
                    {}};
    for (std::size_t k = 0; k < count; ++k) {
      throw_if_stopped();
      row.pictures.push_back(small_picture(pictures[static_cast<std::size_t>(group.rows[k])]));
      bar.advance();
    }
    rows.push_back(std::move(row));
  }
  return contact_sheet(rows, o.sheet_columns);
}

}  // namespace kernels::examples

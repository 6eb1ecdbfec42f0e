#include <common/contact_sheet.hpp>
#include <common/text.hpp>

#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <cmath>

namespace kernels::examples {
namespace {

constexpr int kWidth = 2400;
constexpr int kMargin = 48;  // around everything
constexpr int kGap = 24;     // between pictures
constexpr int kCap = 16;     // height of capital letters
constexpr int kAbove = 14;   // between a picture and its label
constexpr int kBelow = 30;   // between a label and what follows
const cv::Vec3b kPaper(28, 24, 22);
const cv::Vec3b kInk(244, 240, 238);
const cv::Vec3b kSoftInk(172, 162, 156);

int columns_for(std::size_t views) {
  if (views <= 4) return static_cast<int>(std::max<std::size_t>(views, 2));
  if (views % 4 == 0 && views <= 24) return 4;
  if (views % 3 == 0 && views <= 9) return 3;
  return static_cast<int>(
      std::clamp(std::ceil(std::sqrt(static_cast<double>(views) * 1.5)), 4.0, 12.0));
}

/// Shrinks well, enlarges smoothly.
cv::Mat resized(const cv::Mat& picture, cv::Size size) {
  cv::Mat result;
  cv::resize(picture, result, size, 0, 0,
             size.width < picture.cols ? cv::INTER_AREA : cv::INTER_CUBIC);
  return result;
}

/// The largest size of the picture's shape that fits.
cv::Size fitted(const cv::Mat& picture, int width, int height) {
  const double scale = std::min(static_cast<double>(width) / picture.cols,
                                static_cast<double>(height) / picture.rows);
  return {std::max(1, cvRound(picture.cols * scale)), std::max(1, cvRound(picture.rows * scale))};
}

/// As much of the text as fits.
std::string shortened(std::string text, int width) {
  if (text_width(text, kCap) <= width) return text;
  while (!text.empty() && text_width(text + "...", kCap) > width) {
    do {
      text.pop_back();
    } while (!text.empty() && (text.back() & 0x80) != 0);
  }
  return text + "...";
}

void draw(cv::Mat& sheet, const labelled_picture& what, cv::Rect cell) {
  const cv::Size size = fitted(what.picture, cell.width, cell.height);
  const cv::Rect place(cell.x + (cell.width - size.width) / 2,
                       cell.y + (cell.height - size.height) / 2, size.width, size.height);
  resized(what.picture, size).copyTo(sheet(place));
  const int y = cell.y + cell.height + kAbove;
  const auto name = shortened(what.name, cell.width);
  draw_text(sheet, name, {cell.x, y}, kCap, kInk, 0.16);
  const int used = text_width(name, kCap) + kCap;
  if (used < cell.width / 2) {
    draw_text(sheet, shortened(what.details, cell.width - used), {cell.x + used, y}, kCap,
              kSoftInk);
  }
}

}  // namespace

cv::Mat contact_sheet(const labelled_picture& panorama,
                      const std::vector<labelled_picture>& views) {
  const int inner = kWidth - 2 * kMargin;
  const int columns = columns_for(views.size());
  const int rows = (static_cast<int>(views.size()) + columns - 1) / columns;
  const int cell_width = (inner - (columns - 1) * kGap) / columns;
  int cell_height = 1;
  for (const auto& view : views) {
    cell_height = std::max(cell_height, fitted(view.picture, cell_width, cell_width).height);
  }
  const int label = kAbove + kCap;
  const int top = fitted(panorama.picture, inner, inner).height;
  const int height =
      kMargin + top + label + kBelow + rows * (cell_height + label + kBelow) - kBelow + kMargin;
  cv::Mat sheet(height, kWidth, CV_8UC3, cv::Scalar(kPaper[0], kPaper[1], kPaper[2]));
  draw(sheet, panorama, {kMargin, kMargin, inner, top});
  const int first = kMargin + top + label + kBelow;
  for (std::size_t k = 0; k < views.size(); ++k) {
    const int column = static_cast<int>(k) % columns;
    const int row = static_cast<int>(k) / columns;
    draw(sheet, views[k],
         {kMargin + column * (cell_width + kGap), first + row * (cell_height + label + kBelow),
          cell_width, cell_height});
  }
  return sheet;
}

cv::Mat contact_sheet(const std::vector<picture_row>& rows, int columns) {
  const int inner = kWidth - 2 * kMargin;
  const int cell = (inner - (columns - 1) * kGap) / columns;
  std::vector<int> tall;  // of the pictures of each row
  int height = 2 * kMargin - kBelow;
  for (const auto& row : rows) {
    tall.push_back(1);
    for (const auto& one : row.pictures) {
      tall.back() = std::max(tall.back(), fitted(one, cell, cell).height);
    }
    height += kCap + kAbove + tall.back() + kBelow;
  }
  cv::Mat sheet(std::max(height, 2 * kMargin), kWidth, CV_8UC3,
                cv::Scalar(kPaper[0], kPaper[1], kPaper[2]));
  int y = kMargin;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const auto& row = rows[r];
    draw_text(sheet, shortened(row.name, inner / 2), {kMargin, y}, kCap, kInk, 0.16);
    const int used = text_width(shortened(row.name, inner / 2), kCap) + kCap;
    draw_text(sheet, shortened(row.details, inner - used), {kMargin + used, y}, kCap, kSoftInk);
    y += kCap + kAbove;
    for (std::size_t c = 0; c < row.pictures.size() && c < static_cast<std::size_t>(columns); ++c) {
      const cv::Size size = fitted(row.pictures[c], cell, cell);
      const int x = kMargin + static_cast<int>(c) * (cell + kGap);
      const cv::Rect place(x, y + (tall[r] - size.height) / 2, size.width, size.height);
      resized(row.pictures[c], size).copyTo(sheet(place));
    }
    y += tall[r] + kBelow;
  }
  return sheet;
}

}  // namespace kernels::examples

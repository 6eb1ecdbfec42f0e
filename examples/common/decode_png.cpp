// PNG by libpng itself: its complaints become our message, and 16 bits are rounded to 8.
#include <common/decode.hpp>
#include <common/errors.hpp>
#include <common/exif.hpp>

#include <png.h>

#include <algorithm>
#include <bit>
#include <csetjmp>
#include <cstdio>
#include <cstring>
#include <vector>

namespace kernels::examples {
namespace {

struct png_input {
  std::span<const std::uint8_t> rest;
  std::jmp_buf jump;
  char message[128];
};

[[noreturn]] void give_up(png_structp png, png_const_charp message) {
  auto* input = static_cast<png_input*>(png_get_error_ptr(png));
  std::snprintf(input->message, sizeof(input->message), "%s", message);
  std::longjmp(input->jump, 1);
}

void ignore(png_structp, png_const_charp) {}

void next_bytes(png_structp png, png_bytep into, std::size_t size) {
  auto* input = static_cast<png_input*>(png_get_io_ptr(png));
  if (size > input->rest.size()) png_error(png, "it ends too early");
  std::memcpy(into, input->rest.data(), size);
  input->rest = input->rest.subspan(size);
}

class png_reader {
 public:
  explicit png_reader(std::span<const std::uint8_t> file) {
    input_.rest = file;
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, &input_, give_up, ignore);
    if (png_ != nullptr) info_ = png_create_info_struct(png_);
  }
  ~png_reader() { png_destroy_read_struct(&png_, &info_, nullptr); }
  png_reader(const png_reader&) = delete;
  png_reader& operator=(const png_reader&) = delete;

  [[nodiscard]] cv::Mat read() {
    if (info_ == nullptr) throw failure("libpng cannot be started");
    guarded([&] {
      png_set_read_fn(png_, &input_, next_bytes);
      png_read_info(png_, info_);
      png_set_scale_16(png_);
      png_set_expand_gray_1_2_4_to_8(png_);
      png_set_palette_to_rgb(png_);
      png_set_gray_to_rgb(png_);
      png_set_strip_alpha(png_);
      png_set_bgr(png_);
      png_set_interlace_handling(png_);
      png_read_update_info(png_, info_);
    });
    cv::Mat picture =
        detail::make_picture(png_get_image_width(png_, info_), png_get_image_height(png_, info_));
    if (png_get_rowbytes(png_, info_) != 3UL * static_cast<std::size_t>(picture.cols)) {
      throw failure("a kind of PNG that is not known here");
    }
    read_rows(picture);
    return picture;
  }

  /// One channel, values as they are.
  [[nodiscard]] cv::Mat read_labels() {
    if (info_ == nullptr) throw failure("libpng cannot be started");
    guarded([&] {
      png_set_read_fn(png_, &input_, next_bytes);
      png_read_info(png_, info_);
      png_set_packing(png_);
      png_set_interlace_handling(png_);
      if constexpr (std::endian::native == std::endian::little) png_set_swap(png_);
      png_read_update_info(png_, info_);
    });
    const auto kind = png_get_color_type(png_, info_);
    if (kind != PNG_COLOR_TYPE_GRAY && kind != PNG_COLOR_TYPE_PALETTE) {
      throw failure("it has colours or transparency, where labels are grey values of 8 or 16 bits");
    }
    const auto width = png_get_image_width(png_, info_);
    const auto height = png_get_image_height(png_, info_);
    detail::make_picture(width, height);  // refuses what is too large
    cv::Mat labels(static_cast<int>(height), static_cast<int>(width),
                   png_get_bit_depth(png_, info_) == 16 ? CV_16U : CV_8U);
    read_rows(labels);
    return labels;
  }

  [[nodiscard]] int orientation() const {
    png_uint_32 size = 0;
    png_bytep exif = nullptr;
    if (png_get_eXIf_1(png_, info_, &size, &exif) == 0) return 1;
    return exif_orientation({exif, size});
  }

 private:
  void read_rows(cv::Mat& picture) {
    std::vector<std::uint8_t*> rows;
    rows.reserve(static_cast<std::size_t>(picture.rows));
    for (int y = 0; y < picture.rows; ++y) rows.push_back(picture.ptr(y));
    guarded([&] {
      png_read_image(png_, rows.data());
      png_read_end(png_, info_);
    });
  }

  /// Runs C code that may longjmp out of it. (The body owns nothing that needs a destructor.)
  template <class Body>
  void guarded(const Body& body) {
    if (setjmp(input_.jump) != 0) {
      const std::string message = input_.message;
      throw failure("damaged or cut off (" + message + ")");
    }
    body();
  }

  png_input input_{};
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
};

}  // namespace

cv::Mat detail::decode_png_labels(std::span<const std::uint8_t> file) {
  return png_reader(file).read_labels();
}

cv::Mat detail::decode_png(std::span<const std::uint8_t> file) {
  png_reader reader(file);
  const cv::Mat picture = reader.read();
  return upright(picture, reader.orientation());
}

}  // namespace kernels::examples

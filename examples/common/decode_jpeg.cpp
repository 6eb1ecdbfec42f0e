// JPEG by libjpeg itself, so that its warnings about damaged data become errors.
#include <common/decode.hpp>
#include <common/errors.hpp>
#include <common/exif.hpp>

#include <csetjmp>
#include <cstdio>
#include <cstring>
#include <vector>

// after cstdio
#include <jerror.h>
#include <jpeglib.h>

namespace kernels::examples {
namespace {

struct error_manager {
  jpeg_error_mgr base;
  std::jmp_buf jump;
  char message[JMSG_LENGTH_MAX];
};

[[noreturn]] void give_up(j_common_ptr info) {
  auto* errors = reinterpret_cast<error_manager*>(info->err);
  errors->base.format_message(info, errors->message);
  std::longjmp(errors->jump, 1);
}

/// Level −1 is a warning: libjpeg would go on and make up the missing part.
void on_message(j_common_ptr info, int level) {
  if (level >= 0) return;
  const int code = info->err->msg_code;
  if (code == JWRN_ADOBE_XFORM || code == JWRN_JFIF_MAJOR) return;  // says nothing about the data
  give_up(info);
}

class jpeg_reader {
 public:
  explicit jpeg_reader(std::span<const std::uint8_t> file) {
    info_.err = jpeg_std_error(&errors_.base);
    errors_.base.error_exit = give_up;
    errors_.base.emit_message = on_message;
    file_ = file;
  }
  ~jpeg_reader() { jpeg_destroy_decompress(&info_); }
  jpeg_reader(const jpeg_reader&) = delete;
  jpeg_reader& operator=(const jpeg_reader&) = delete;

  void read_header() {
    guarded([&] {
      jpeg_create_decompress(&info_);
      jpeg_save_markers(&info_, JPEG_APP0 + 1, 0xffff);
      jpeg_mem_src(&info_, file_.data(), static_cast<unsigned long>(file_.size()));
      jpeg_read_header(&info_, TRUE);
      const bool four_inks =
          info_.jpeg_color_space == JCS_CMYK || info_.jpeg_color_space == JCS_YCCK;
      info_.out_color_space = four_inks ? JCS_CMYK : JCS_EXT_BGR;
    });
  }

  [[nodiscard]] cv::Mat read() {
    cv::Mat picture = detail::make_picture(info_.image_width, info_.image_height);
    const bool four_inks = info_.out_color_space == JCS_CMYK;
    std::vector<std::uint8_t> inks(four_inks ? 4UL * info_.image_width : 0);
    guarded([&] {
      jpeg_start_decompress(&info_);
      while (info_.output_scanline < info_.output_height) {
        std::uint8_t* row = picture.ptr(static_cast<int>(info_.output_scanline));
        std::uint8_t* into = four_inks ? inks.data() : row;
        jpeg_read_scanlines(&info_, &into, 1);
        if (four_inks) mix(inks.data(), row);
      }
      jpeg_finish_decompress(&info_);
    });
    return picture;
  }

  [[nodiscard]] int orientation() const {
    constexpr std::uint8_t kExif[] = {'E', 'x', 'i', 'f', 0, 0};
    for (auto marker = info_.marker_list; marker != nullptr; marker = marker->next) {
      if (marker->data_length <= sizeof(kExif)) continue;
      if (std::memcmp(marker->data, kExif, sizeof(kExif)) != 0) continue;
      return exif_orientation({marker->data + sizeof(kExif), marker->data_length - sizeof(kExif)});
    }
    return 1;
  }

 private:
  /// Runs C code that may longjmp out of it. (The body owns nothing that needs a destructor.)
  template <class Body>
  void guarded(const Body& body) {
    if (setjmp(errors_.jump) != 0) {
      const std::string message = errors_.message;
      throw failure("damaged or cut off (" + message + ")");
    }
    body();
  }

  /// Inverted CMYK, as Adobe's programs write it, to BGR.
  void mix(const std::uint8_t* inks, std::uint8_t* bgr) const {
    const int flip = info_.saw_Adobe_marker != 0 ? 0 : 255;
    for (unsigned x = 0; x < info_.image_width; ++x) {
      const int black = inks[4 * x + 3] ^ flip;
      for (unsigned c = 0; c < 3; ++c) {
        bgr[3 * x + c] =
            static_cast<std::uint8_t>(((inks[4 * x + 2 - c] ^ flip) * black + 127) / 255);
      }
    }
  }

  std::span<const std::uint8_t> file_;
  error_manager errors_{};
  jpeg_decompress_struct info_{};  // all zero: may be destroyed at any time
};

}  // namespace

cv::Mat detail::decode_jpeg(std::span<const std::uint8_t> file) {
  jpeg_reader reader(file);
  reader.read_header();
  const int orientation = reader.orientation();
  return upright(reader.read(), orientation);
}

}  // namespace kernels::examples

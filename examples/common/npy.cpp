#include <common/errors.hpp>
#include <common/file.hpp>
#include <common/npy.hpp>
#include <common/npy_header.hpp>

#include <kernels/math/half.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <optional>
#include <system_error>

namespace kernels::examples {
namespace {

static_assert(std::endian::native == std::endian::little);
constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::int64_t kMostColumns = 1 << 24;

struct known_type {
  const char* code;  ///< without the mark of the byte order
  npy_type type;
  std::int64_t bytes;
};
constexpr known_type kTypes[] = {{"f2", npy_type::float16, 2},
                                 {"f4", npy_type::float32, 4},
                                 {"f8", npy_type::float64, 8},
                                 {"i1", npy_type::int8, 1},
                                 {"u1", npy_type::uint8, 1}};

const known_type& type_of(const std::string& text) {
  if (text.size() == 3) {
    for (const auto& known : kTypes) {
      if (text.substr(1) != known.code) continue;
      if (text[0] == '>' && known.bytes > 1) {
        throw usage_error("its numbers are big-endian; save them with .astype('<" +
                          std::string(known.code) + "')");
      }
      if (std::string_view("<|=>").find(text[0]) != std::string_view::npos) return known;
    }
  }
  throw usage_error("its numbers are of type '" + text +
                    "'; save them as float16, float32 or float64");
}

std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::string text = "(";
  for (const auto e : shape) text += (text.size() > 1 ? ", " : "") + std::to_string(e);
  return text + ")";
}

/// Where the numbers begin; header: what the file says of them.
std::size_t read_header(std::span<const std::uint8_t> file, npy_header& header) {
  const auto too_short = [] { throw usage_error("it ends within its header"); };
  if (file.empty()) throw usage_error("it is empty");
  if (file.size() < kMagic.size() || std::memcmp(file.data(), kMagic.data(), kMagic.size()) != 0) {
    throw usage_error("it is no .npy file; save the array with numpy.save");
  }
  if (file.size() < 8) too_short();
  const int version = file[6];
  if (version < 1 || version > 3) {
    throw usage_error("its version " + std::to_string(version) + "." + std::to_string(file[7]) +
                      " is not known (1.0, 2.0 and 3.0 are)");
  }
  const std::size_t begin = version == 1 ? 10 : 12;
  if (file.size() < begin) too_short();
  std::uint64_t length = file[8] | static_cast<std::uint64_t>(file[9]) << 8;
  if (version > 1) {
    length |= static_cast<std::uint64_t>(file[10]) << 16 | static_cast<std::uint64_t>(file[11])
                                                               << 24;
  }
  if (length > file.size() - begin) too_short();
  header = parse_npy_header(
      {reinterpret_cast<const char*>(file.data()) + begin, static_cast<std::size_t>(length)});
  return begin + static_cast<std::size_t>(length);
}

void check_shape(const npy_header& header, std::int64_t rows, std::int64_t columns,
                 std::int64_t bytes_each, std::size_t held) {
  if (header.fortran_order) {
    throw usage_error("it is in Fortran order; save numpy.ascontiguousarray of it");
  }
  if (columns > kMostColumns || (columns == 0 && rows != 0)) {
    throw usage_error("its shape " + shape_text(header.shape) + " has no or too many columns");
  }
  std::int64_t bytes = 0;
  const bool too_large = __builtin_mul_overflow(rows, columns, &bytes) ||
                         __builtin_mul_overflow(bytes, bytes_each, &bytes) ||
                         bytes > std::int64_t{1} << 60;
  if (too_large || static_cast<std::uint64_t>(bytes) > held) {
    throw usage_error("it is cut off: " + shape_text(header.shape) + " numbers do not fit in " +
                      std::to_string(held) + " bytes");
  }
  if (static_cast<std::uint64_t>(bytes) < held) {
    throw usage_error(std::to_string(held - static_cast<std::uint64_t>(bytes)) +
                      " bytes are left over after " + shape_text(header.shape) + " numbers");
  }
}

template <class T, class Convert>
void convert(const std::uint8_t* from, std::vector<float>& to, const Convert& as_float) {
  for (std::size_t k = 0; k < to.size(); ++k) {
    T value;
    std::memcpy(&value, from + k * sizeof(T), sizeof(T));  // of any alignment
    to[k] = as_float(value);
  }
}

void convert(npy_type type, const std::uint8_t* from, std::vector<float>& to) {
  const auto plain = [](auto value) { return static_cast<float>(value); };
  switch (type) {
    case npy_type::float16:
      return convert<std::uint16_t>(from, to,
                                    [](std::uint16_t h) { return math::from_half(half{h}); });
    case npy_type::float64:
      return convert<double>(from, to, plain);
    case npy_type::int8:
      return convert<std::int8_t>(from, to, plain);
    case npy_type::uint8:
      return convert<std::uint8_t>(from, to, plain);
    default:
      if (!to.empty()) std::memcpy(to.data(), from, to.size() * sizeof(float));
  }
}

npy_matrix parse(std::span<const std::uint8_t> file) {
  npy_header header;
  const std::size_t begin = read_header(file, header);
  const auto& type = type_of(header.type);
  if (header.shape.empty() || header.shape.size() > 2) {
    throw usage_error("its shape " + shape_text(header.shape) +
                      " is no matrix; save an array of rows and columns");
  }
  npy_matrix matrix;
  matrix.rows = header.shape.size() == 1 ? 1 : header.shape[0];
  matrix.columns = header.shape.back();
  matrix.type = type.type;
  check_shape(header, matrix.rows, matrix.columns, type.bytes, file.size() - begin);
  matrix.values.resize(static_cast<std::size_t>(matrix.rows * matrix.columns));
  convert(type.type, file.data() + begin, matrix.values);
  return matrix;
}

/// A regular file seen through the page cache, so that its bytes are not in memory twice.
class mapped_file {
 public:
  explicit mapped_file(const std::filesystem::path& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return;
    struct stat info {};
    if (::fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size > 0) {
      size_ = static_cast<std::size_t>(info.st_size);
      data_ = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, fd, 0);
    }
    ::close(fd);
  }
  ~mapped_file() {
    if (data_ != MAP_FAILED) ::munmap(data_, size_);
  }
  mapped_file(const mapped_file&) = delete;
  mapped_file& operator=(const mapped_file&) = delete;

  [[nodiscard]] std::optional<std::span<const std::uint8_t>> bytes() const {
    if (data_ == MAP_FAILED) return std::nullopt;
    return std::span{static_cast<const std::uint8_t*>(data_), size_};
  }

 private:
  void* data_ = MAP_FAILED;
  std::size_t size_ = 0;
};

}  // namespace

const char* name(npy_type type) {
  switch (type) {
    case npy_type::float16:
      return "float16";
    case npy_type::float64:
      return "float64";
    case npy_type::int8:
      return "int8";
    case npy_type::uint8:
      return "uint8";
    default:
      return "float32";
  }
}

npy_matrix parse_npy(std::span<const std::uint8_t> file, const std::string& name) {
  try {
    return parse(file);
  } catch (const usage_error& e) {
    throw usage_error("cannot use " + name + ": " + e.what());
  }
}

npy_matrix read_npy(const std::filesystem::path& path) {
  const mapped_file file(path);
  if (const auto bytes = file.bytes()) return parse_npy(*bytes, path.string());
  return parse_npy(read_input(path), path.string());  // a pipe, an empty file or none at all
}

void write_npy(const std::filesystem::path& path, const view<const float, 2>& matrix,
               npy_type type) {
  const bool halves = type == npy_type::float16;
  std::string head = std::string("{'descr': '") + (halves ? "<f2" : "<f4") +
                     "', 'fortran_order': False, 'shape': (" + std::to_string(matrix.extent[0]) +
                     ", " + std::to_string(matrix.extent[1]) + "), }";
  constexpr std::size_t kBefore = 10;
  head.append(63 - (kBefore + head.size()) % 64, ' ')
      .push_back('\n');  // numbers on a multiple of 64
  std::vector<std::uint8_t> file(kMagic.begin(), kMagic.end());
  file.insert(file.end(), {1, 0, static_cast<std::uint8_t>(head.size()),
                           static_cast<std::uint8_t>(head.size() >> 8)});
  file.insert(file.end(), head.begin(), head.end());
  const std::size_t bytes_each = halves ? 2 : 4;
  std::size_t at = file.size();
  file.resize(at + static_cast<std::size_t>(matrix.size()) * bytes_each);
  for (std::int64_t r = 0; r < matrix.extent[0]; ++r) {
    for (std::int64_t c = 0; c < matrix.extent[1]; ++c, at += bytes_each) {
      const float value = matrix.data[r * matrix.stride[0] + c * matrix.stride[1]];
      const auto bits = math::to_half(value).bits;
      std::memcpy(file.data() + at, halves ? static_cast<const void*>(&bits) : &value, bytes_each);
    }
  }
  write_file(path, file);
}

}  // namespace kernels::examples

#include <common/errors.hpp>
#include <common/file.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cctype>
#include <cerrno>
#include <deque>
#include <string>
#include <system_error>

namespace kernels::examples {
namespace fs = std::filesystem;
namespace {

/// Closes on every way out.
class descriptor {
 public:
  explicit descriptor(int fd) : fd_(fd) {}
  ~descriptor() { close(); }
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;

  [[nodiscard]] int get() const { return fd_; }
  int close() {
    const int result = fd_ >= 0 ? ::close(fd_) : 0;
    fd_ = -1;
    return result;
  }

 private:
  int fd_;
};

/// Removes a file on every way out but the good one.
class temporary {
 public:
  explicit temporary(fs::path path) : path_(std::move(path)) {}
  ~temporary() {
    if (made_) ::unlink(path_.c_str());
  }
  temporary(const temporary&) = delete;
  temporary& operator=(const temporary&) = delete;

  /// The file, new and open to write to; below 0 (and errno) if it cannot be made.
  int make() {
    const int fd = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    made_ = fd >= 0;
    return fd;
  }
  /// Its bytes are under the other name then. 0 or the error.
  int rename_to(const fs::path& path) {
    if (::rename(path_.c_str(), path.c_str()) != 0) return errno;
    made_ = false;
    return 0;
  }

 private:
  fs::path path_;
  bool made_ = false;
};

std::string reason(int code) { return std::generic_category().message(code); }

const char* remedy(int code) {
  switch (code) {
    case ENOSPC:
    case EDQUOT:
      return "; free some space or choose another --output";
    case EFBIG:
      return "; choose a smaller --size or raise the limit on file sizes (ulimit -f)";
    case EACCES:
    case EPERM:
    case EROFS:
      return "; choose an --output that you may write to";
    default:
      return "; choose another --output";
  }
}

[[noreturn]] void fail_to_write(const fs::path& path, int code) {
  throw output_failure("cannot write " + path.string() + ": " + reason(code) + remedy(code));
}

/// 0 or the error.
int write_all(int fd, std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    if (written == 0) return ENOSPC;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  if (::fsync(fd) != 0 && errno != EINVAL && errno != ENOTSUP) return errno;
  return 0;
}

/// 1 or 2 for a name of the program's own stdout or stderr, else below 0. Even where such a name
/// leads to a regular file, it is a link of the system's that must not be replaced.
int own_output(const fs::path& path) {
  for (const std::string folder : {"/dev/fd/", "/proc/self/fd/"}) {
    if (path == folder + "1") return STDOUT_FILENO;
    if (path == folder + "2") return STDERR_FILENO;
  }
  if (path == "/dev/stdout") return STDOUT_FILENO;
  return path == "/dev/stderr" ? STDERR_FILENO : -1;
}

bool is_replaced(const fs::path& path) {
  std::error_code ignored;
  return own_output(path) < 0 && (!fs::exists(path, ignored) || fs::is_regular_file(path, ignored));
}

/// Into what cannot be replaced: a pipe, /dev/stdout, /dev/null.
void write_into(const fs::path& path, std::span<const std::uint8_t> bytes) {
  const int own = own_output(path);
  descriptor file(own < 0 ? ::open(path.c_str(), O_WRONLY | O_CLOEXEC) : ::dup(own));
  if (file.get() < 0) fail_to_write(path, errno);
  if (const int code = write_all(file.get(), bytes); code != 0) fail_to_write(path, code);
  if (file.close() != 0) fail_to_write(path, errno);
}

void write_new(temporary& made, const file_contents& contents) {
  descriptor file(made.make());
  if (file.get() < 0) fail_to_write(contents.path, errno);
  if (const int code = write_all(file.get(), contents.bytes); code != 0) {
    fail_to_write(contents.path, code);
  }
  if (file.close() != 0) fail_to_write(contents.path, errno);
}

}  // namespace

fs::path temporary_name(const fs::path& path) {
  static std::atomic<unsigned> count{0};
  std::string hidden = ".";
  hidden.append(path.filename().string()).append(".").append(std::to_string(getpid()));
  hidden.append("-").append(std::to_string(count++)).append(".tmp");
  hidden.append(path.extension().string());  // by which some writers choose a format
  return path.parent_path() / hidden;
}

void rename_into_place(const fs::path& temporary, const fs::path& path) {
  if (::rename(temporary.c_str(), path.c_str()) == 0) return;
  const int code = errno;
  ::unlink(temporary.c_str());
  fail_to_write(path, code);
}

bool same_file(const fs::path& a, const fs::path& b) {
  std::error_code code;
  if (fs::exists(a, code) && fs::exists(b, code)) return fs::equivalent(a, b, code);
  return fs::weakly_canonical(a, code) == fs::weakly_canonical(b, code);
}

std::string ending_of(const fs::path& path) {
  std::string ending = path.extension().string();
  for (char& c : ending) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return ending;
}

std::vector<std::uint8_t> read_file(const fs::path& path) {
  const auto fail = [&](int code) {
    throw failure("cannot read " + path.string() + ": " + reason(code) +
                  (code == ENOENT ? "; check its name" : "; make it readable or leave it out"));
  };
  descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) fail(errno);
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) fail(errno);
  if (S_ISDIR(info.st_mode)) fail(EISDIR);
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(info.st_size) + 1);
  std::size_t size = 0;
  for (;;) {
    if (size == bytes.size()) bytes.resize(2 * size);  // a pipe, or a file that grows
    const auto got = ::read(file.get(), bytes.data() + size, bytes.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(errno);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  bytes.resize(size);
  return bytes;
}

std::vector<std::uint8_t> read_input(const fs::path& path) {
  try {
    return read_file(path);
  } catch (const failure& e) {
    throw usage_error(e.what());
  }
}

void write_files(std::span<const file_contents> files) {
  std::vector<const file_contents*> replaced;
  std::vector<const file_contents*> written_into;
  for (const auto& file : files) {
    (is_replaced(file.path) ? replaced : written_into).push_back(&file);
  }
  std::deque<temporary> temporaries;
  for (const auto* file : replaced) {
    temporaries.emplace_back(temporary_name(file->path));
    write_new(temporaries.back(), *file);
  }
  for (const auto* file : written_into) write_into(file->path, file->bytes);
  for (std::size_t k = 0; k < replaced.size(); ++k) {
    const auto& path = replaced[k]->path;
    if (const int code = temporaries[k].rename_to(path); code != 0) fail_to_write(path, code);
  }
}

void write_file(const fs::path& path, std::span<const std::uint8_t> bytes) {
  const file_contents file{path, bytes};
  write_files({&file, 1});
}

void write_file(const fs::path& path, std::string_view text) { write_file(path, bytes_of(text)); }

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

output_folder::output_folder(fs::path path, std::string option)
    : path_(std::move(path)), option_(std::move(option)) {
  try {
    make(path_);
    const fs::path trial = temporary_name(path_ / "trial");
    write_file(trial, std::string_view{});
    fs::remove(trial);
  } catch (const fs::filesystem_error& e) {
    remove_empty();
    throw usage_error(option_ + " " + path_.string() + ": " + e.code().message() +
                      "; choose a folder that can be made and written to");
  } catch (const output_failure& e) {
    remove_empty();
    throw usage_error(option_ + " " + path_.string() + ": " + e.what());
  }
}

output_folder::~output_folder() { remove_empty(); }

void output_folder::make(const fs::path& path) {
  const fs::path plain = path.has_filename() ? path : path.parent_path();  // without the last /
  if (fs::is_directory(plain)) return;
  if (fs::exists(plain)) {
    throw fs::filesystem_error("", plain, std::make_error_code(std::errc::not_a_directory));
  }
  if (plain.has_parent_path()) make(plain.parent_path());
  if (fs::create_directory(plain)) made_.push_back(plain);
}

void output_folder::remove_empty() noexcept {
  for (auto folder = made_.rbegin(); folder != made_.rend(); ++folder) {
    if (::rmdir(folder->c_str()) != 0) return;
  }
}

}  // namespace kernels::examples

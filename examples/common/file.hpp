// Whole files: read into memory, written so that nobody ever sees half of one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kernels::examples {

/// How the name ends, in small letters: ".jpg" of "Room.JPG".
std::string ending_of(const std::filesystem::path& path);

/// Errors: failure naming the file.
std::vector<std::uint8_t> read_file(const std::filesystem::path& path);
/// The same for a file that the user named. Errors: usage_error.
std::vector<std::uint8_t> read_input(const std::filesystem::path& path);

/// Writes under a temporary name in the same folder, then renames: at every moment the file is
/// the old one, none, or the new one. On an error the temporary is removed. What is no regular file
/// (a pipe, /dev/null), and /dev/stdout, is written into, not replaced.
/// Errors: output_failure naming the file, the reason and the remedy.
void write_file(const std::filesystem::path& path, std::span<const std::uint8_t> bytes);
void write_file(const std::filesystem::path& path, std::string_view text);

std::span<const std::uint8_t> bytes_of(std::string_view text);

struct file_contents {
  std::filesystem::path path;
  std::span<const std::uint8_t> bytes;
};
/// The same for files that belong together: none is renamed before all have been written, so where
/// one cannot be written, all are as they were. Their paths differ.
void write_files(std::span<const file_contents> files);

/// A name for a file that will become path by rename_into_place; ends in the same way.
std::filesystem::path temporary_name(const std::filesystem::path& path);
/// Errors: output_failure; the temporary is removed.
void rename_into_place(const std::filesystem::path& temporary, const std::filesystem::path& path);

/// Are both the same existing file or folder, or would they be the same name?
bool same_file(const std::filesystem::path& a, const std::filesystem::path& b);

/// A folder for output: made if missing, parents too, and tried. What was made is removed again
/// at the end if it is still empty.
class output_folder {
 public:
  /// option: what messages call it. Errors: usage_error if it cannot be made or written to.
  explicit output_folder(std::filesystem::path path, std::string option = "--output");
  ~output_folder();
  output_folder(const output_folder&) = delete;
  output_folder& operator=(const output_folder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  void make(const std::filesystem::path& path);
  void remove_empty() noexcept;

  std::filesystem::path path_;
  std::string option_;
  std::vector<std::filesystem::path> made_;  // outermost first
};

}  // namespace kernels::examples

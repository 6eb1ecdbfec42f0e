// Galleries on disk, with the programs' errors.
#pragma once

#include <common/embeddings.hpp>

#include <kernels/gallery.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace kernels::examples {

/// Errors: usage_error if there is no such file.
void check_gallery(const std::filesystem::path& path);

/// Errors: usage_error: no such file, or none that can be used.
gallery load_gallery(const std::filesystem::path& path, int threads);

/// Errors: output_failure.
void save_gallery(const gallery& known, const std::filesystem::path& path);

/// Errors: usage_error if there is nothing in it.
void refuse_empty(const gallery& known, const std::filesystem::path& path);

/// "3 identities"
std::string count_text(std::int64_t count, const char* one, const char* many);

}  // namespace kernels::examples

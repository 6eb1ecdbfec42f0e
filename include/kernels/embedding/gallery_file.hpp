// One gallery, one file. All numbers are little-endian.
//
//     0  8 bytes  "KGALLERY"
//     8  u32      version, 1
//    12  u32      128, the size of this header
//    16  u64      size of the file
//    24  u64      dimension D
//    32  u64      rows N
//    40  u64      identities I
//    48  u64      the id that the next vector gets
//    56  u64      size of all labels, L
//    64  u64      XXH64 of the bytes from 128 on
//    72  48 bytes 0
//   120  u64      XXH64 of the bytes 0 to 119
//   128  f32      rows as they were given, N × D
//        u64      id of each row, ascending
//        u32      identity of each row, below I
//        u32      size of each label
//        bytes    labels, one after the other
#pragma once

#include <kernels/embedding/gallery_checksum.hpp>
#include <kernels/embedding/gallery_store.hpp>

#include <unordered_set>

namespace kernels::inline KERNELS_ABI::gallery_detail {

inline constexpr std::uint32_t kFileVersion = 1;
inline constexpr std::int64_t kHeaderBytes = 128;
inline constexpr char kMagic[] = "KGALLERY";
inline constexpr std::int64_t kMostDimension = std::int64_t{1} << 20;
inline constexpr std::int64_t kMostLabel = 65535;

struct file_header {
  char magic[8];
  std::uint32_t version, header_bytes;
  std::uint64_t file_bytes, dimension, rows, identities, next_id, label_bytes, body_checksum;
  std::uint64_t zero[6];
  std::uint64_t header_checksum;
};
static_assert(sizeof(file_header) == kHeaderBytes);

inline std::uint64_t header_checksum(const file_header& header) {
  checksum sum;
  sum.add(&header, offsetof(file_header, header_checksum));
  return sum.value();
}

/// What is wrong with a label; null: nothing.
inline const char* label_fault(std::string_view label) {
  if (label.empty()) return "an empty one";
  if (label.size() > static_cast<std::size_t>(kMostLabel)) return "one of more than 65535 bytes";
  for (const char c : label) {
    if (c == '\n' || c == '\r' || c == '\0') return "one with a line break or a zero byte";
  }
  return nullptr;
}

/// Writes behind the header, in pieces, and sums up.
class body_writer {
 public:
  explicit body_writer(replacement& file) : file_(file) {}
  void add(const void* data, std::size_t size) {
    sum_.add(data, size);
    file_.write(data, size, offset_);
    offset_ += static_cast<std::int64_t>(size);
  }
  [[nodiscard]] std::int64_t offset() const { return offset_; }
  [[nodiscard]] std::uint64_t value() const { return sum_.value(); }

 private:
  replacement& file_;
  checksum sum_;
  std::int64_t offset_ = kHeaderBytes;
};

inline void save(const store& from, const std::filesystem::path& path) {
  replacement file(path);
  body_writer body(file);
  constexpr std::int64_t kRun = 4096;  // rows written at once, where none between is removed
  const auto row_bytes = static_cast<std::size_t>(from.dimension()) * sizeof(float);
  std::vector<std::uint64_t> ids;
  std::vector<std::uint32_t> owners, sizes;
  std::vector<std::int64_t> number(from.identities().size(), -1);
  std::string labels;
  for (std::size_t g = 0; g < number.size(); ++g) {
    const identity& who = from.identities()[g];
    if (who.count == 0) continue;
    number[g] = static_cast<std::int64_t>(sizes.size());
    sizes.push_back(static_cast<std::uint32_t>(who.label.size()));
    labels += who.label;
  }
  for (std::int64_t slot = 0; slot < from.slots();) {
    std::int64_t end = slot;
    for (; end < std::min(from.slots(), slot + kRun) && from.owner(end) >= 0; ++end) {
      ids.push_back(static_cast<std::uint64_t>(from.id(end)));
      owners.push_back(
          static_cast<std::uint32_t>(number[static_cast<std::size_t>(from.owner(end))]));
    }
    if (end > slot)
      body.add(from.raw().row(slot), static_cast<std::size_t>(end - slot) * row_bytes);
    slot = std::max(end, slot + 1);  // a removed one is passed over
  }
  body.add(ids.data(), ids.size() * sizeof ids[0]);
  body.add(owners.data(), owners.size() * sizeof owners[0]);
  body.add(sizes.data(), sizes.size() * sizeof sizes[0]);
  body.add(labels.data(), labels.size());

  file_header header = {};
  std::memcpy(header.magic, kMagic, sizeof header.magic);
  header.version = kFileVersion;
  header.header_bytes = kHeaderBytes;
  header.file_bytes = static_cast<std::uint64_t>(body.offset());
  header.dimension = static_cast<std::uint64_t>(from.dimension());
  header.rows = ids.size();
  header.identities = sizes.size();
  header.next_id = static_cast<std::uint64_t>(from.next_id());
  header.label_bytes = labels.size();
  header.body_checksum = body.value();
  header.header_checksum = header_checksum(header);
  file.write(&header, sizeof header, 0);
  file.finish();
}

/// The header of a file whose size and checksums are right and whose parts have the sizes it says.
inline file_header checked_header(const mapping& file, const std::filesystem::path& path) {
  file_header header = {};
  const std::int64_t size = file.size();
  const auto there = static_cast<std::size_t>(std::min(size, kHeaderBytes));
  if (there > 0) std::memcpy(&header, file.data(), there);
  if (std::memcmp(header.magic, kMagic, std::min(there, sizeof header.magic)) != 0 || size == 0) {
    refuse_file(path, size == 0 ? "is empty, not a gallery" : "is not a gallery");
  }
  if (size < kHeaderBytes) {
    refuse_file(path, "is cut off: " + std::to_string(size) + " bytes, less than a header");
  }
  if (header.version != kFileVersion) {
    refuse_file(path, "has version " + std::to_string(header.version) +
                          " of the format, which is " +
                          (header.version > kFileVersion ? "newer" : "older") +
                          " than the version that can be read, " + std::to_string(kFileVersion));
  }
  if (header.header_checksum != header_checksum(header)) {
    refuse_file(path, "was altered: the checksum of its header does not fit");
  }
  const auto bytes = static_cast<std::uint64_t>(size);
  if (header.file_bytes != bytes) {
    refuse_file(path, (bytes < header.file_bytes ? "is cut off: " : "has bytes behind its end: ") +
                          std::to_string(bytes) + " bytes, " + std::to_string(header.file_bytes) +
                          " when it was saved");
  }
  checksum sum;
  sum.add(file.data() + kHeaderBytes, static_cast<std::size_t>(size - kHeaderBytes));
  if (sum.value() != header.body_checksum) {
    refuse_file(path, "was altered: the checksum of its contents does not fit");
  }
  // no count may exceed the bytes that are there, so nothing below overflows
  constexpr auto kMost = static_cast<std::uint64_t>(kMostDimension);
  const bool small = header.dimension <= kMost && header.rows <= bytes &&
                     header.identities <= bytes && header.label_bytes <= bytes &&
                     header.next_id <= std::uint64_t{1} << 62 && bytes < std::uint64_t{1} << 61 &&
                     (header.rows == 0 || header.dimension > 0) &&
                     header.rows <= (bytes / 4) / std::max<std::uint64_t>(header.dimension, 1);
  bool zero = header.header_bytes == kHeaderBytes;
  for (const std::uint64_t z : header.zero) zero = zero && z == 0;
  if (!small || !zero ||
      kHeaderBytes + header.rows * (4 * header.dimension + 12) + 4 * header.identities +
              header.label_bytes !=
          bytes) {
    refuse_file(path, "is no valid gallery: its counts do not fit its size");
  }
  return header;
}

/// Fills an empty store. Refuses every file that save() cannot have written.
inline void load(on_cpu exec, const std::filesystem::path& path, store& into) {
  mapping file(path);
  const file_header header = checked_header(file, path);
  const auto wrong = [&](const std::string& what) {
    refuse_file(path, "is no valid gallery: " + what);
  };
  // every identity costs memory in proportion to the dimension, so it must have brought a row
  if (header.identities > header.rows) wrong("it has more identities than rows");
  const auto rows = static_cast<std::size_t>(header.rows);
  const auto people = static_cast<std::size_t>(header.identities);
  const unsigned char* p = file.data() + kHeaderBytes + 4 * header.rows * header.dimension;
  std::vector<std::int64_t> ids(rows);
  for (std::size_t r = 0; r < rows; ++r, p += 8) {
    const std::uint64_t id = load64(p);
    if (id >= header.next_id || (r > 0 && id <= static_cast<std::uint64_t>(ids[r - 1]))) {
      wrong("the id of row " + std::to_string(r) + " is out of order");
    }
    ids[r] = static_cast<std::int64_t>(id);
  }
  std::vector<std::int32_t> owners(rows);
  for (std::size_t r = 0; r < rows; ++r, p += 4) {
    const std::uint32_t who = load32(p);
    if (who >= people || who > std::uint32_t{1} << 30) {
      wrong("row " + std::to_string(r) + " belongs to no identity");
    }
    owners[r] = static_cast<std::int32_t>(who);
  }
  const auto* text = reinterpret_cast<const char*>(p + 4 * people);
  std::uint64_t left = header.label_bytes;
  std::vector<std::string> labels(people);
  std::unordered_set<std::string_view> known;
  for (std::size_t g = 0; g < people; ++g, p += 4) {
    const std::uint32_t size = load32(p);
    if (size > left) wrong("the label of identity " + std::to_string(g) + " passes the end");
    const std::string_view label(text, size);
    if (label_fault(label) != nullptr || !known.insert(label).second) {
      wrong("the label of identity " + std::to_string(g) + " is not valid or not the only one");
    }
    labels[g] = label;
    text += size;
    left -= size;
  }
  if (left != 0) wrong("its labels do not fill their place");
  if (!into.load(exec, std::move(file), kHeaderBytes, static_cast<std::int64_t>(header.dimension),
                 std::move(ids), std::move(owners), std::move(labels),
                 static_cast<std::int64_t>(header.next_id))) {
    wrong("a row is not finite, or an identity has no row");
  }
}

}  // namespace kernels::inline KERNELS_ABI::gallery_detail

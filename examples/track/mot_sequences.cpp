#include "mot_sequences.hpp"

#include "mot_file.hpp"

#include <common/errors.hpp>
#include <common/file.hpp>
#include <common/inputs.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>
#include <string_view>

namespace kernels::examples {
namespace fs = std::filesystem;
namespace {

/// SEQ of SEQ.txt or SEQ/gt/gt.txt; empty for a gt.txt elsewhere.
std::string sequence_name(const fs::path& truth) {
  std::string stem = truth.stem().string();
  if (stem != "gt") return stem;
  const fs::path folder = fs::absolute(truth).parent_path();
  return folder.filename() == "gt" ? folder.parent_path().filename().string() : "";
}

/// seqLength of SEQ/seqinfo.ini for SEQ/gt/gt.txt, 0 if there is none.
std::int64_t sequence_length(const fs::path& truth) {
  const fs::path path = fs::absolute(truth).parent_path().parent_path() / "seqinfo.ini";
  if (truth.filename() != "gt.txt" || !fs::is_regular_file(path)) return 0;
  const auto bytes = read_file(path);
  const std::string text = "\n" + std::string(bytes.begin(), bytes.end());
  constexpr std::string_view kKey = "\nseqLength";
  const auto key = text.find(kKey);
  if (key == std::string::npos) return 0;
  const auto value = text.find_first_not_of(" =\t", key + kKey.size());
  std::int64_t length = 0;
  if (value != std::string::npos) {
    std::from_chars(text.data() + value, text.data() + text.size(), length);
  }
  if (length < 1) throw usage_error(path.string() + ": seqLength: wanted a number of frames");
  return length;
}

/// The truths in a folder by name, in natural order.
std::vector<mot_pair_of_files> truths_in(const fs::path& folder) {
  std::vector<mot_pair_of_files> found;
  for (const auto& entry : fs::directory_iterator(folder)) {
    fs::path truth = entry.path();
    if (entry.is_directory()) truth = truth / "gt" / "gt.txt";
    if (!fs::is_regular_file(truth) || truth.extension() != ".txt") continue;
    found.push_back({sequence_name(truth), truth, {}, sequence_length(truth)});
  }
  if (found.empty()) {
    throw usage_error("--gt " + folder.string() + ": no SEQ.txt and no SEQ/gt/gt.txt in it");
  }
  std::sort(found.begin(), found.end(),
            [](const auto& a, const auto& b) { return natural_less(a.name, b.name); });
  return found;
}

mot_files pair_folders(const fs::path& truth, const fs::path& tracks) {
  mot_files files{truths_in(truth), {}};
  std::set<fs::path> taken;
  for (auto& sequence : files.sequences) {
    sequence.tracks = tracks / (sequence.name + ".txt");
    taken.insert(sequence.tracks.filename());
    if (!fs::is_regular_file(sequence.tracks)) {
      throw usage_error("no tracks for the ground truth " + sequence.truth.string() + ": " +
                        sequence.tracks.string() + " does not exist");
    }
  }
  for (const auto& entry : fs::directory_iterator(tracks)) {
    const fs::path name = entry.path().filename();
    if (name.extension() == ".txt" && taken.count(name) == 0) {
      files.left_out.push_back(entry.path().string());
    }
  }
  std::sort(files.left_out.begin(), files.left_out.end(), natural_less);
  return files;
}

void refuse_missing(const std::vector<std::string>& paths) {
  for (const auto& path : paths) {
    if (!fs::exists(path)) throw usage_error(path + ": does not exist");
  }
}

void refuse_twice(const std::vector<mot_pair_of_files>& sequences) {
  std::set<std::string> names;
  for (const auto& sequence : sequences) {
    if (!names.insert(sequence.name).second) {
      throw usage_error("two sequences are called " + sequence.name +
                        "; give the files names that differ");
    }
  }
}

}  // namespace

mot_files pair_mot_files(const std::vector<std::string>& truth,
                         const std::vector<std::string>& tracks) {
  refuse_missing(truth);
  refuse_missing(tracks);
  const auto is_folder = [](const std::string& path) { return fs::is_directory(path); };
  mot_files files;
  if (std::ranges::any_of(truth, is_folder) || std::ranges::any_of(tracks, is_folder)) {
    if (truth.size() != 1 || tracks.size() != 1 || !is_folder(truth[0]) || !is_folder(tracks[0])) {
      throw usage_error("--gt and --tracks: wanted one folder of each, or files only");
    }
    files = pair_folders(truth[0], tracks[0]);
  } else {
    if (truth.size() != tracks.size()) {
      throw usage_error("--gt names " + std::to_string(truth.size()) + " files, --tracks " +
                        std::to_string(tracks.size()) + "; wanted as many of each");
    }
    for (std::size_t k = 0; k < truth.size(); ++k) {
      const std::string name = sequence_name(truth[k]);
      files.sequences.push_back({name.empty() ? fs::path(tracks[k]).stem().string() : name,
                                 truth[k], tracks[k], sequence_length(truth[k])});
    }
  }
  refuse_twice(files.sequences);
  return files;
}

std::vector<track_box> read_track_boxes(const fs::path& path, mot_benchmark benchmark) {
  std::vector<track_box> boxes;
  for (const mot_row& row : read_mot_file(path)) {
    track_box& b = boxes.emplace_back();
    b.frame = row.frame;
    b.id = row.id;
    b.box = {row.left, row.top, row.left + row.width, row.top + row.height};
    b.score = row.score;
    if (benchmark == mot_benchmark::mot15) continue;
    if (!(std::abs(row.class_id) < 1e9) || row.class_id != std::trunc(row.class_id)) {
      throw usage_error(path.string() + ": frame " + std::to_string(row.frame) + ", id " +
                        std::to_string(row.id) + ": column 8 (class) is no whole number");
    }
    b.class_id = static_cast<std::int32_t>(row.class_id);
  }
  return boxes;
}

}  // namespace kernels::examples

// Texts that track and mot-eval read beside MOT text: camera warps, a config, a seqinfo.ini. No
// text whatever crashes the programs: it is read or refused with one line.
#include <track/mot_sequences.hpp>
#include <track/options.hpp>
#include <track/warps.hpp>

#include <common/errors.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

using namespace kernels::examples;
namespace fs = std::filesystem;

namespace {

/// A folder of its own, gone at the end.
struct folder {
  fs::path path =
      fs::temp_directory_path() / ("track_texts_test." + std::to_string(std::random_device{}()));
  folder() { fs::create_directories(path); }
  ~folder() { fs::remove_all(path); }
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;
};

void write(const fs::path& path, const std::string& text) {
  fs::remove(path);  // writing over a file is slow on some file systems
  std::ofstream(path, std::ios::binary) << text;
}

/// Copies of a text, each with a few changes; always the same ones.
class mutations {
 public:
  mutations(std::string valid, std::string alphabet)
      : valid_(std::move(valid)), alphabet_(std::move(alphabet)) {}

  std::string next() {
    std::string text = valid_;
    for (std::size_t k = below(6); k > 0 && !text.empty(); --k) {
      const std::size_t at = below(text.size());
      switch (below(5)) {
        case 0:
          text[at] = alphabet_[below(alphabet_.size())];
          break;
        case 1:
          text.insert(at, 1, alphabet_[below(alphabet_.size())]);
          break;
        case 2:
          text.erase(at, 1 + below(8));
          break;
        case 3:
          text.insert(at, text.substr(below(text.size()), below(30)));
          break;
        default:
          if (below(4) == 0) text.resize(at);
      }
    }
    return text;
  }

 private:
  std::size_t below(std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_);
  }
  std::string valid_, alphabet_;
  std::mt19937 random_{20241};
};

struct tally {
  int taken = 0, refused = 0, wrong = 0;
};

/// read() tells whether what it has read makes sense. Any other exception ends the test.
template <class Read>
void count(tally& t, const Read& read) {
  try {
    ++(read() ? t.taken : t.wrong);
  } catch (const usage_error& e) {
    const std::string message = e.what();
    ++(message.empty() || message.find('\n') != std::string::npos ? t.wrong : t.refused);
  }
}

std::optional<options> options_of(const fs::path& config) {
  std::vector<std::string> words = {"track",   "--detections", "det.txt",      "--output",
                                    "out.txt", "--config",     config.string()};
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  return parse_options(static_cast<int>(argv.size()), argv.data());
}

}  // namespace

TEST_CASE("warps: any text is read or refused") {
  const folder here;
  const fs::path path = here.path / "warps.txt";
  mutations texts(
      "# frame h00 h01 h02 h10 h11 h12\n0 1 0 0 0 1 0\r\n"
      "1\t0.99\t-1e-3\t5.25\t0.001\t1\t-7\t\n2,1,0,3,0,1,4\n\n3 1 0 0 0 1 0",
      std::string("0123456789.,-+eE \t\r\n#nxai\x80\0", 29));
  tally t;
  for (int round = 0; round < 3000; ++round) {
    write(path, texts.next());
    count(t, [&] {
      const warp_file warps(path);
      for (std::int64_t frame = 1; frame <= 4; ++frame) {
        try {
          const auto& m = warps.at(frame);
          if (!std::isfinite(m.xx + m.xy + m.x0 + m.yx + m.yy + m.y0)) return false;
        } catch (const usage_error&) {
        }
      }
      return true;
    });
  }
  CHECK(t.wrong == 0);
  CHECK(t.taken > 300);
  CHECK(t.refused > 300);
}

TEST_CASE("config: any text is read or refused") {
  const folder here;
  const fs::path path = here.path / "config.json";
  mutations texts(
      R"({"tracker": "ocsort", "fps": 25, "track-threshold": 0.5, "track-buffer": 30,
 "mot20": false, "quiet": true, "threads": 2, "backend": "cpu"})",
      std::string("{}[]:,\"\\-.0123456789eEtruefalsnu \n\x80\xC3\xA9\0", 43));
  tally t;
  for (int round = 0; round < 3000; ++round) {
    write(path, texts.next());
    count(t, [&] {
      const auto o = options_of(path);
      return o && o->threads >= 0 && (!o->fps || *o->fps > 0) &&
             (!o->track_buffer || *o->track_buffer >= 0);
    });
  }
  CHECK(t.wrong == 0);
  CHECK(t.taken > 100);
  CHECK(t.refused > 300);
}

TEST_CASE("config: values nested ever deeper") {
  const folder here;
  const fs::path path = here.path / "config.json";
  for (const std::size_t depth : {10u, 1000u, 300000u}) {
    for (const std::string& before : std::vector<std::string>{"", "{\"fps\": "}) {
      tally t;
      write(path, before + std::string(depth, '[') + std::string(depth, ']') +
                      (before.empty() ? "" : "}"));
      count(t, [&] { return options_of(path).has_value(); });
      CHECK(t.refused == 1);
    }
  }
}

TEST_CASE("seqinfo.ini: any text is read or refused") {
  const folder here;
  fs::create_directories(here.path / "street" / "gt");
  const fs::path truth = here.path / "street" / "gt" / "gt.txt";
  write(truth, "1,1,0,0,1,1,1\n");
  write(here.path / "street.txt", "1,1,0,0,1,1,1\n");
  mutations texts(
      "[Sequence]\r\nname=street\nimDir=img1\nframeRate=25\nseqLength=250\nimWidth=1920\n",
      std::string("0123456789=[]-+. \t\r\nseqLngth\x80\0", 31));
  tally t;
  int known = 0;
  for (int round = 0; round < 2000; ++round) {
    write(here.path / "street" / "seqinfo.ini", texts.next());
    count(t, [&] {
      const auto files = pair_mot_files({truth.string()}, {(here.path / "street.txt").string()});
      known += files.sequences.at(0).frames == 250 ? 1 : 0;
      return files.sequences.at(0).frames >= 0 && files.sequences.at(0).name == "street";
    });
  }
  CHECK(t.wrong == 0);
  CHECK(t.refused > 10);
  CHECK(known > 300);
}

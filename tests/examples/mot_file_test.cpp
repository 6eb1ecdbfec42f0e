// MOT text: what is read, what is refused and how, what is written, and that no text whatever
// crashes the reader.
#include <track/mot_file.hpp>

#include <common/errors.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>

using namespace kernels::examples;

namespace {

std::vector<mot_row> rows_of(const std::string& text) { return parse_mot_text(text, "t.txt"); }

/// The message with which a text is refused, or "taken".
std::string refusal(const std::string& text) {
  try {
    rows_of(text);
  } catch (const usage_error& e) {
    return e.what();
  }
  return "taken";
}

const std::string kRow = "3,7,1.5,-2.25,30,40.125,0.875";

}  // namespace

TEST_CASE("mot file: a row, in every way that it may be written") {
  const mot_row plain{3, 7, 1.5, -2.25, 30, 40.125, 0.875, -1, -1};
  for (const std::string& text : std::vector<std::string>{
           kRow, kRow + "\n", kRow + "\r\n", "\n\n" + kRow + "\n\n", "\xEF\xBB\xBF" + kRow,
           kRow + ",-1,-1,-1", " 3 , 7,1.5 ,\t-2.25,30,40.125,0.875 ",
           std::string("3 7 1.5  -2.25\t30 40.125 0.875"), "3.0,7e0,15e-1,-2.250,3e1,40.125,.875",
           kRow + ",-1,-1,-1,0.5,1e10,7"}) {
    CAPTURE(text);
    const auto rows = rows_of(text);
    REQUIRE(rows.size() == 1);
    CHECK(rows[0] == plain);
  }
  const auto truth = rows_of("1,2,3,4,5,6,0,7,0.86");
  CHECK(truth[0] == mot_row{1, 2, 3, 4, 5, 6, 0, 7, 0.86});
  CHECK(rows_of("").empty());
  CHECK(rows_of("\n \r\n\t").empty());
}

TEST_CASE("mot file: exact doubles, ids of 64 bits, far frames, scores outside [0, 1]") {
  const auto rows = rows_of(
      "1000000000,9223372036854775807,0.1,1e300,0,5e-324,-3.5\n"
      "9223372036854775807,-9223372036854775808,0.30000000000000004,-0.0,1,1,47.25\n");
  REQUIRE(rows.size() == 2);
  CHECK(rows[0] == mot_row{1000000000, INT64_MAX, 0.1, 1e300, 0, 5e-324, -3.5, -1, -1});
  CHECK(rows[1] == mot_row{INT64_MAX, INT64_MIN, 0.1 + 0.2, -0.0, 1, 1, 47.25, -1, -1});
  CHECK(rows_of("1,9007199254740992.0,0,0,1,1,1")[0].id == 9007199254740992);
}

TEST_CASE("mot file: rows are sorted by frame and keep their order within one") {
  const auto rows = rows_of("2,5,0,0,1,1,1\n1,9,0,0,1,1,1\n2,3,0,0,1,1,1\n1,1,0,0,1,1,1\n");
  REQUIRE(rows.size() == 4);
  const std::vector<std::int64_t> ids = {rows[0].id, rows[1].id, rows[2].id, rows[3].id};
  CHECK(ids == std::vector<std::int64_t>{9, 1, 5, 3});
  CHECK(rows_of_frame(rows, 2).size() == 2);
  CHECK(rows_of_frame(rows, 2)[0].id == 5);
  CHECK(rows_of_frame(rows, 3).empty());
  CHECK(rows_of_frame({}, 1).empty());
}

TEST_CASE("mot file: what is refused, with file, line and reason") {
  const std::pair<std::string, std::string> cases[] = {
      {"1,2,3,4,5,6",
       "t.txt:1: wanted at least 7 columns (frame,id,left,top,width,height,score), "
       "given 6"},
      {kRow + "\n\n0,1,0,0,1,1,1",
       "t.txt:3: column 1 (frame): wanted a whole number of at least 1, given '0'"},
      {"-4,1,0,0,1,1,1",
       "t.txt:1: column 1 (frame): wanted a whole number of at least 1, given "
       "'-4'"},
      {"1.5,1,0,0,1,1,1",
       "t.txt:1: column 1 (frame): wanted a whole number of at least 1, given "
       "'1.5'"},
      {"1e300,1,0,0,1,1,1",
       "t.txt:1: column 1 (frame): wanted a whole number of at least 1, given "
       "'1e300'"},
      {"1,x,0,0,1,1,1", "t.txt:1: column 2 (id): wanted a whole number of 64 bits, given 'x'"},
      {"1,9223372036854775808,0,0,1,1,1",
       "t.txt:1: column 2 (id): wanted a whole number of 64 bits, given '9223372036854775808'"},
      {"1,1,nan,0,1,1,1", "t.txt:1: column 3 (left): wanted a finite number, given 'nan'"},
      {"1,1,0,-inf,1,1,1", "t.txt:1: column 4 (top): wanted a finite number, given '-inf'"},
      {"1,1,0,0,-1,1,1", "t.txt:1: column 5 (width): wanted a number of at least 0, given '-1'"},
      {"1,1,0,0,NaN,1,1", "t.txt:1: column 5 (width): wanted a finite number, given 'NaN'"},
      {"1,1,0,0,1,-1e-9,1",
       "t.txt:1: column 6 (height): wanted a number of at least 0, given '-1e-9'"},
      {"1,1,0,0,1,1e400,1", "t.txt:1: column 6 (height): wanted a finite number, given '1e400'"},
      {"1,1,0,0,1,1,", "t.txt:1: column 7 (score): wanted a finite number, given ''"},
      {"1,1,0,0,1,1,0x1p3", "t.txt:1: column 7 (score): wanted a finite number, given '0x1p3'"},
      {kRow + ",car", "t.txt:1: column 8 (class): wanted a finite number, given 'car'"},
      {kRow + ",1,1,", "t.txt:1: column 10: wanted a finite number, given ''"},
      {"1,2 3,4,5,6,7,8", "t.txt:1: column 2 (id): wanted a whole number of 64 bits, given '2 3'"},
      {"1;2;3;4;5;6;7",
       "t.txt:1: column 1 (frame): wanted a whole number of at least 1, given "
       "'1;2;3;4;5;6;7'"},
      {std::string(90, 'a') + "\x01",
       "t.txt:1: column 1 (frame): wanted a whole number of at least 1, given '" +
           std::string(40, 'a') + "…'"},
  };
  for (const auto& [text, message] : cases) CHECK(refusal(text) == message);
}

TEST_CASE("mot file: written with two decimals, sorted by frame, then id") {
  CHECK(mot_text({{2, 1, 0.005, -0.001, 10, 20, 1, 5, 0.5},
                  {1, 4000000000, 1e15, 2.345, 3.999, 4, 0.5, -1, -1},
                  {1, 3, 1, 2, 3, 4, -7, -1, -1}}) ==
        "1,3,1.00,2.00,3.00,4.00,-7.00,-1,-1,-1\n"
        "1,4000000000,1000000000000000.00,2.35,4.00,4.00,0.50,-1,-1,-1\n"
        "2,1,0.01,-0.00,10.00,20.00,1.00,-1,-1,-1\n");
  CHECK(mot_text({}).empty());
  CHECK_THROWS_AS(mot_text({{1, 1, 0, 0, INFINITY, 1, 1, -1, -1}}), failure);
  CHECK(mot_text({{1, 1, 1.7e308, 0, 1, 1, 1, -1, -1}}).size() > 309);
}

TEST_CASE("mot file: what was written is read again") {
  const auto folder = std::filesystem::temp_directory_path() /
                      ("mot_file_test." + std::to_string(std::random_device{}()));
  std::filesystem::create_directory(folder);
  const auto path = folder / "tracks.txt";
  const std::vector<mot_row> rows = {{1, 3, 1.25, 2.5, 3, 4, 0.5, -1, -1},
                                     {7, 1, -1.25, 2.5, 3, 4, 0.75, -1, -1}};
  write_mot_file(path, rows);
  CHECK(read_mot_file(path) == rows);
  std::ofstream(path, std::ios::app) << "8,1\n";
  CHECK_THROWS_WITH_AS(read_mot_file(path), doctest::Contains("tracks.txt:3: "), usage_error);
  CHECK_THROWS_AS(read_mot_file(folder / "missing.txt"), failure);
  CHECK(std::distance(std::filesystem::directory_iterator(folder), {}) == 1);  // no temporaries
  std::filesystem::remove_all(folder);
}

TEST_CASE("mot file: any text is read or refused, and what is read is sane") {
  std::mt19937 random(20240);
  const auto below = [&](std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
  };
  const std::string valid =
      "1,1,399,182,121,229,1,-1,-1,-1\r\n1,2,282.5,201,92,184,0.5,1,0.86\n\n"
      "3 4 1e2 -5 6 7 8\n2,18446744073709551615,1,2,3,4,5\n9,9,nan,inf,1e999,-0,+1\n";
  const std::string alphabet("0123456789,,,.-+eE \t\r\n\nxnaif;\"#\x80\xEF\xBB\xBF\0", 36);
  std::size_t taken = 0, refused = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string text = valid.substr(0, round % 3 == 0 ? 66 : valid.size());
    for (std::size_t k = below(6); k > 0 && !text.empty(); --k) {
      const std::size_t at = below(text.size());
      switch (below(5)) {
        case 0:
          text[at] = alphabet[below(alphabet.size())];
          break;
        case 1:
          text.insert(at, 1, alphabet[below(alphabet.size())]);
          break;
        case 2:
          text.erase(at, 1 + below(8));
          break;
        case 3:
          text.insert(at, text.substr(below(text.size()), below(40)));
          break;
        default:
          text.resize(at);
      }
    }
    try {
      const auto rows = rows_of(text);
      ++taken;
      bool sane = rows.size() <= text.size() / 13 + 1;
      for (std::size_t k = 0; k < rows.size(); ++k) {
        const auto& r = rows[k];
        sane = sane && r.frame >= 1 && r.width >= 0 && r.height >= 0 && std::isfinite(r.score) &&
               (k == 0 || rows[k - 1].frame <= r.frame);
      }
      if (!sane || rows_of(mot_text(rows)).size() != rows.size()) FAIL("round ", round, ": ", text);
    } catch (const usage_error& e) {
      ++refused;
      const std::string message = e.what();
      if (!message.starts_with("t.txt:") || message.find('\n') != std::string::npos) {
        FAIL("round ", round, ": ", message);
      }
    }
  }
  CHECK(taken > 100);
  CHECK(refused > 1000);
}

// mot-compare: what differs between the tracks of two runs.
#include "mot_difference.hpp"

#include <common/errors.hpp>
#include <common/run_main.hpp>
#include <common/table.hpp>

#include <CLI/CLI.hpp>

#include <cmath>
#include <cstdio>

namespace {

using namespace kernels::examples;

constexpr const char* kAbout =
    "What differs between the tracks of two runs: rows, boxes, identities (up to their names), "
    "switches.\n";

constexpr const char* kNotes =
    "\nIdentities are given names one to one so that as many rows as possible agree. Rows are the\n"
    "same if their identities go together and left, top, width and height are within the\n"
    "tolerance.\n"
    "\nExit code: 0 nothing differs, 1 something does, 2 a mistake in what was asked or in a "
    "file.\n";

std::string report(const mot_difference& d) {
  std::string text;
  for (const auto& line : d.lines) text += line + "\n";
  const std::int64_t named = std::ssize(d.renamed);
  const auto count = [](std::int64_t n) { return std::to_string(n); };
  text += table_text({{"", "A", "B"},
                      {},
                      {"rows", count(d.rows_a), count(d.rows_b)},
                      {"only here", count(d.only_a), count(d.only_b)},
                      {"identities", count(d.ids_a), count(d.ids_b)},
                      {"without a partner", count(d.ids_a - named), count(d.ids_b - named)},
                      {},
                      {"the same", count(d.same), ""},
                      {"boxes differ", count(d.boxes), ""},
                      {"identities differ", count(d.identities), ""},
                      {"switches", count(d.switches_a), count(d.switches_b)},
                      {"scores differ", count(d.scores), ""}});
  if (d.boxes != 0) text += "largest difference of a box: " + number_text(d.largest, 4) + " px\n";
  return text + (d.any() ? "different\n" : "the same\n");
}

/// A file that cannot be read must not look like a difference (exit code 1).
std::vector<mot_row> rows_of(const std::string& path) {
  try {
    return read_mot_file(path);
  } catch (const failure& e) {
    throw usage_error(e.what());
  }
}

int parse_and_run(int argc, char** argv) {
  CLI::App app(kAbout, "mot-compare");
  app.footer(kNotes);
  std::string a, b;
  mot_difference_options o;
  bool quiet = false;
  app.add_option("A", a, "tracks of one run, MOT text")->required()->type_name("");
  app.add_option("B", b, "tracks of the other")->required()->type_name("");
  app.add_option("--tolerance", o.tolerance, "pixels that a box may differ by (default 0.02)")
      ->type_name("PX");
  app.add_flag("--scores", o.scores, "compare scores too (within 0.005)");
  app.add_option("--show", o.shown, "how many differences to describe (default 10)")
      ->type_name("N");
  app.add_flag("--quiet", quiet, "only the exit code");
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& help) {
    app.exit(help);
    return 0;
  } catch (const CLI::ParseError& e) {
    throw usage_error(std::string(e.what()) + "; mot-compare --help shows what there is");
  }
  if (!(o.tolerance >= 0) || !std::isfinite(o.tolerance)) {
    throw usage_error("--tolerance: wanted a number of pixels, at least 0");
  }
  const auto difference = difference_of(rows_of(a), a, rows_of(b), b, o);
  if (!quiet) std::fputs(report(difference).c_str(), stdout);
  return difference.any() ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  return run_main("mot-compare", [&] { return parse_and_run(argc, argv); });
}

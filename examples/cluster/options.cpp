#include "options.hpp"

#include <common/arguments.hpp>
#include <common/decode.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <limits>
#include <vector>

namespace kernels::examples {
namespace {

constexpr const char* kAbout =
    "Groups embeddings: rows of a .npy file to a label each, -1 for noise.\n";

constexpr const char* kExamples =
    "\nExamples:\n"
    "  cluster --embeddings faces.npy --output labels.txt\n"
    "  cluster --embeddings faces.npy --method dbscan --eps 0.3 --min-samples 4 --output l.txt\n"
    "  cluster --embeddings faces.npy --method average --threshold 0.6 --output labels.txt\n"
    "  cluster --embeddings faces.npy --output l.txt --contact-sheet s.jpg --images faces.txt\n"
    "\nMethods:\n"
    "  hdbscan    clusters of any density (default)\n"
    "  dbscan     clusters at the density that --eps and --min-samples name\n"
    "  threshold  rows joined by a chain of similarities at or above --threshold\n"
    "  single, average, complete\n"
    "             linkage, cut at --threshold or into --clusters\n"
    "  whispers   chinese whispers on pairs at or above --threshold (0 to 1)\n"
    "\n--threshold is a cosine similarity from -1 to 1; with --metric euclidean it is a distance,\n"
    "and what is at or below it is joined. --eps is a distance in both: 1 - similarity, or\n"
    "Euclidean.\n"
    "\nExit code: 0 all done, 1 something failed, 2 a mistake in what was asked or in a file,\n"
    "130 Ctrl-C.\n";

struct raw_options {
  std::string embeddings, output, report, sheet, images;
  std::string how = "hdbscan", metric = "cosine", selection = "eom";
};

void add_files(CLI::App& app, options& o, raw_options& raw) {
  app.add_option("--embeddings", raw.embeddings, "rows to group")->required()->type_name("X.npy");
  app.add_option("-o,--output", raw.output, "labels, one a line")->required()->type_name("FILE");
  app.add_option("--report", raw.report, "also write sizes, noise, parameters, seconds")
      ->type_name("R.json");
  app.add_option("--contact-sheet", raw.sheet, "also draw a row of pictures a cluster (JPEG, PNG)")
      ->type_name("OUT.jpg");
  app.add_option("--images", raw.images, "the rows' pictures, one name a line")
      ->type_name("LIST.txt");
  app.add_option("--sheet-rows", o.sheet_rows, "at most so many clusters drawn (default 40)")
      ->type_name("N");
  app.add_option("--sheet-columns", o.sheet_columns, "pictures in a row (default 12)")
      ->type_name("N");
}

void add_methods(CLI::App& app, options& o, raw_options& raw) {
  app.add_option("--method", raw.how,
                 "hdbscan (default), dbscan, threshold, single, average, complete or whispers")
      ->type_name("NAME");
  app.add_option("--metric", raw.metric, "cosine (default) or euclidean")->type_name("NAME");
  app.add_option("--min-cluster-size", o.min_cluster_size,
                 "hdbscan: smallest cluster (default 5); others: smaller ones become noise")
      ->type_name("N");
  app.add_option("--min-samples", o.min_samples,
                 "hdbscan: neighbours that make a row dense, itself not counted (default:\n"
                 "min cluster size); dbscan: itself counted (default 5)")
      ->type_name("M");
  app.add_option("--eps", o.eps, "dbscan: largest distance of neighbours")->type_name("E");
  app.add_option("--threshold", o.threshold, "least similarity (Euclidean: largest distance)")
      ->type_name("T");
  app.add_option("--clusters", o.clusters, "linkage: cut into N clusters instead")->type_name("N");
  app.add_option("--selection", raw.selection, "hdbscan: eom (default) or leaf")->type_name("NAME");
  app.add_option("--alpha", o.alpha, "hdbscan: distances are divided by it (default 1)")
      ->type_name("A");
  app.add_option("--epsilon", o.epsilon, "hdbscan: clusters closer than this are joined")
      ->type_name("E");
  app.add_option("--max-cluster-size", o.max_cluster_size, "hdbscan: split what is larger")
      ->type_name("N");
  app.add_flag("--allow-single-cluster", o.allow_single_cluster,
               "hdbscan: all rows may be one cluster");
  app.add_option("--iterations", o.iterations, "whispers: at most so many rounds (default 20)")
      ->type_name("N");
  app.add_option("--seed", o.seed, "whispers: of the order of rows (default 0)")->type_name("N");
}

void add_options(CLI::App& app, options& o, raw_options& raw) {
  add_files(app, o, raw);
  add_methods(app, o, raw);
  app.add_flag("--skip-bad-rows", o.skip_bad_rows, "rows with NaN or infinities become noise");
  app.add_option("--threads", o.threads, "CPU threads (default: all cores)")->type_name("N");
  app.add_flag("--quiet", o.quiet, "say nothing unless something is wrong");
  app.set_version_flag("--version", version_text("cluster"));
}

/// An option that says nothing for the method chosen is a misunderstanding worth telling.
void refuse_for_method(const CLI::App& app, const options& o) {
  using enum method;
  const std::initializer_list<std::pair<const char*, std::vector<method>>> known = {
      {"--min-samples", {hdbscan, dbscan}},
      {"--eps", {dbscan}},
      {"--threshold", {threshold, single, average, complete, whispers}},
      {"--clusters", {single, average, complete}},
      {"--selection", {hdbscan}},
      {"--alpha", {hdbscan}},
      {"--epsilon", {hdbscan}},
      {"--max-cluster-size", {hdbscan}},
      {"--allow-single-cluster", {hdbscan}},
      {"--iterations", {whispers}},
      {"--seed", {whispers}}};
  for (const auto& [option, methods] : known) {
    if (app.count(option) == 0) continue;
    if (std::ranges::find(methods, o.how) != methods.end()) continue;
    std::string names;
    for (const auto one : methods) names += (names.empty() ? "" : ", ") + std::string(name(one));
    throw usage_error(std::string(option) + " means nothing to " + name(o.how) +
                      "; leave it out or choose --method " + names);
  }
}

void check_needed(const CLI::App& app, const options& o) {
  using enum method;
  if (o.how == dbscan && !o.eps) {
    throw usage_error("--method dbscan needs --eps, the largest distance of neighbours");
  }
  if ((o.how == threshold || o.how == whispers) && !o.threshold) {
    throw usage_error(std::string("--method ") + name(o.how) + " needs --threshold");
  }
  const bool linkage = o.how == single || o.how == average || o.how == complete;
  if (linkage && o.threshold.has_value() == o.clusters.has_value()) {
    throw usage_error(std::string("--method ") + name(o.how) +
                      " needs one of --threshold and --clusters");
  }
  if (o.sheet.empty() != o.images.empty()) {
    throw usage_error("--contact-sheet and --images go together; give both or neither");
  }
  for (const char* option : {"--sheet-rows", "--sheet-columns"}) {
    if (o.sheet.empty() && app.count(option) > 0) {
      throw usage_error(std::string(option) + " means nothing without --contact-sheet");
    }
  }
  if (!o.sheet.empty() && !has_image_name(o.sheet)) {
    refuse_option("--contact-sheet", "a name that ends in .jpg, .png or .webp", o.sheet.string());
  }
}

void check_numbers(const options& o) {
  constexpr double kMany = 1 << 30;
  constexpr double kMostDistance = 1e18;
  const double least_size = o.how == method::hdbscan ? 2 : 1;
  if (o.min_cluster_size) {
    check_number("--min-cluster-size", *o.min_cluster_size, least_size, kMany);
  }
  if (o.min_samples) check_number("--min-samples", *o.min_samples, 1, kMany);
  if (o.eps) check_number("--eps", *o.eps, 0, o.euclidean() ? kMostDistance : 2);
  if (o.threshold) {
    const double least = o.euclidean() || o.how == method::whispers ? 0 : -1;
    check_number("--threshold", *o.threshold, least, o.euclidean() ? kMostDistance : 1);
  }
  if (o.clusters) check_number("--clusters", *o.clusters, 1, kMany);
  check_number("--alpha", o.alpha, 1e-6, 1e6);
  check_number("--epsilon", o.epsilon, 0, kMostDistance);
  check_number("--max-cluster-size", o.max_cluster_size, 0, kMany);
  check_number("--iterations", o.iterations, 1, 1e6);
  check_number("--sheet-rows", o.sheet_rows, 1, 200);
  check_number("--sheet-columns", o.sheet_columns, 1, 64);
  check_number("--threads", o.threads, 0, 4096);
}

void interpret(const CLI::App& app, const raw_options& raw, options& o) {
  o.embeddings = raw.embeddings;
  o.output = raw.output;
  o.report = raw.report;
  o.sheet = raw.sheet;
  o.images = raw.images;
  o.how = one_of<method>("--method", raw.how,
                         {{"hdbscan", method::hdbscan},
                          {"dbscan", method::dbscan},
                          {"threshold", method::threshold},
                          {"single", method::single},
                          {"average", method::average},
                          {"complete", method::complete},
                          {"whispers", method::whispers}});
  o.metric = one_of<kernels::metric>(
      "--metric", raw.metric,
      {{"cosine", kernels::metric::cosine}, {"euclidean", kernels::metric::euclidean}});
  o.leaf = one_of<bool>("--selection", raw.selection, {{"eom", false}, {"leaf", true}});
  refuse_for_method(app, o);
  check_numbers(o);
  check_needed(app, o);
  check_outputs({{"--output", o.output}, {"--report", o.report}, {"--contact-sheet", o.sheet}},
                {{"--embeddings", o.embeddings}, {"--images", o.images}});
}

}  // namespace

const char* name(method m) {
  switch (m) {
    case method::hdbscan:
      return "hdbscan";
    case method::dbscan:
      return "dbscan";
    case method::threshold:
      return "threshold";
    case method::single:
      return "single";
    case method::average:
      return "average";
    case method::complete:
      return "complete";
    default:
      return "whispers";
  }
}

std::optional<options> parse_options(int argc, char** argv) {
  CLI::App app(kAbout, "cluster");
  app.footer(kExamples);
  app.get_formatter()->column_width(30);
  options o;
  raw_options raw;
  add_options(app, o, raw);
  if (!parse_arguments(app, argc, argv)) return std::nullopt;
  interpret(app, raw, o);
  return o;
}

}  // namespace kernels::examples

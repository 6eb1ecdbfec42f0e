// reid eval: does the gallery know who the queries are? Ranks, mAP, and how well one threshold
// tells the same from others.
#include "commands.hpp"
#include "gallery_files.hpp"
#include "similarities.hpp"

#include <common/arguments.hpp>
#include <common/file.hpp>
#include <common/names.hpp>
#include <common/stopwatch.hpp>
#include <common/table.hpp>
#include <common/waiting.hpp>

#include <kernels/rank_metrics.hpp>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <optional>
#include <unordered_map>

namespace kernels::examples {
namespace {

constexpr const char* kItself =
    "\nWhere the gallery holds the queries themselves, each finds itself first, which makes the\n"
    "figures too good. To leave it out, give each row of the gallery a camera of its own, and\n"
    "each query the camera of its row. If both are the same rows in the same order:\n"
    "  seq NUMBER_OF_ROWS > rows.txt\n"
    "  reid eval ... --query-cameras rows.txt --gallery-cameras rows.txt\n";

using json = nlohmann::ordered_json;

struct options {
  std::string gallery, queries, labels, query_cameras, gallery_cameras, json_file;
  std::optional<double> threshold;
  bool quiet = false;
  int threads = 0;
};

/// What there is to compare: numbers for names, and cameras if given.
struct subjects {
  std::vector<std::int64_t> query_labels, gallery_labels, query_cameras, gallery_cameras;
  std::int64_t unknown = 0;  ///< queries whose name is not in the gallery
};

class numbering {
 public:
  std::int64_t operator()(const std::string& name) {
    return known_.emplace(name, static_cast<std::int64_t>(known_.size())).first->second;
  }

 private:
  std::unordered_map<std::string, std::int64_t> known_;
};

subjects subjects_of(const options& o, const embeddings& queries, const gallery_contents& known) {
  subjects s;
  numbering number;
  for (const auto& label : known.labels) number(label);
  for (const auto who : known.identity) s.gallery_labels.push_back(who);
  const auto labels = read_names(o.labels);
  check_count(labels, o.labels, queries.rows(), o.queries);
  for (const auto& label : labels) {
    s.query_labels.push_back(number(label));
    s.unknown += s.query_labels.back() >= static_cast<std::int64_t>(known.labels.size()) ? 1 : 0;
  }
  if (o.query_cameras.empty()) return s;
  numbering camera;
  const auto cameras = [&](const std::string& path, std::int64_t rows, const std::string& whose) {
    const auto names = read_names(path);
    check_count(names, path, rows, whose);
    std::vector<std::int64_t> numbers;
    for (const auto& name : names) numbers.push_back(camera(name));
    return numbers;
  };
  s.query_cameras = cameras(o.query_cameras, queries.rows(), o.queries);
  s.gallery_cameras = cameras(o.gallery_cameras, static_cast<std::int64_t>(known.ids.size()),
                              "the gallery " + o.gallery);
  return s;
}

std::string percent(double share) { return number_text(100 * share, 2) + " %"; }

std::vector<std::string> roc_row(const std::string& name, const roc_point& p) {
  return {name, number_text(p.threshold, 4), percent(p.true_accept_rate),
          percent(p.false_accept_rate)};
}

std::string report(const options& o, const rank_scores& ranks, const verification_scores& pairs,
                   std::int64_t unknown) {
  std::string text = count_text(ranks.queries, "query", "queries") + " ranked, " +
                     std::to_string(ranks.skipped) + " without a right answer in the gallery (" +
                     std::to_string(unknown) + " of unknown names)\n";
  std::vector<std::vector<std::string>> rows = {{"", "share"}, {}};
  for (const std::size_t k : {1U, 5U, 10U, 20U}) {
    if (k <= ranks.cmc.size())
      rows.push_back({"rank-" + std::to_string(k), percent(ranks.cmc[k - 1])});
  }
  rows.push_back({"mAP", percent(ranks.map)});
  text += table_text(rows) + "\n";
  text += std::to_string(pairs.genuine) + " pairs of one name, " + std::to_string(pairs.impostor) +
          " of two; area under the curve " + number_text(pairs.auc, 5) + ", equal error rate " +
          percent(pairs.equal_error_rate) + "\n";
  rows = {{"accepted at", "threshold", "of one name", "of two"}, {}};
  rows.push_back(roc_row("most right", pairs.best));
  const char* const rates[] = {"1 % false", "0.1 % false", "0.01 % false"};
  for (std::size_t k = 0; k < pairs.at_false_accept_rates.size(); ++k) {
    rows.push_back(roc_row(rates[k], pairs.at_false_accept_rates[k]));
  }
  if (o.threshold) rows.push_back(roc_row("--threshold", pairs.at_thresholds[0]));
  return text + table_text(rows);
}

json roc_json(const roc_point& p) {
  return {{"threshold", p.threshold},
          {"true_accept_rate", p.true_accept_rate},
          {"false_accept_rate", p.false_accept_rate}};
}

std::string report_json(const options& o, const rank_scores& ranks,
                        const verification_scores& pairs) {
  json all = {{"queries", ranks.queries},
              {"skipped", ranks.skipped},
              {"mAP", ranks.map},
              {"cmc", ranks.cmc},
              {"genuine_pairs", pairs.genuine},
              {"impostor_pairs", pairs.impostor},
              {"auc", pairs.auc},
              {"equal_error_rate", pairs.equal_error_rate},
              {"best", roc_json(pairs.best)}};
  for (const auto& p : pairs.at_false_accept_rates) {
    all["at_false_accept_rates"].push_back(roc_json(p));
  }
  if (o.threshold) all["at_threshold"] = roc_json(pairs.at_thresholds[0]);
  return all.dump(1) + "\n";
}

struct figures {
  rank_scores ranks;
  verification_scores pairs;
};

figures measured(const options& o, const embeddings& queries, const gallery_contents& known,
                 const subjects& s) {
  const waiting message("reid", "comparing " + std::to_string(queries.rows()) + " queries",
                        o.quiet);
  const auto rows = static_cast<std::int64_t>(known.ids.size());
  const auto scores = similarities(queries.view_of(), 0, queries.rows(),
                                   packed(known.rows.data(), {rows, known.dimension}), o.threads);
  const auto matrix = packed(scores.data(), {queries.rows(), rows});
  rank_metrics_params params;
  params.max_rank = std::min<std::int64_t>(50, rows);
  params.query_cameras = s.query_cameras;
  params.gallery_cameras = s.gallery_cameras;
  const std::vector<double> rates = {0.01, 0.001, 0.0001};
  std::vector<double> thresholds;
  if (o.threshold) thresholds.push_back(*o.threshold);
  verification_params wanted;
  wanted.false_accept_rates = rates;
  wanted.thresholds = thresholds;
  return {
      rank_metrics(on_cpu{.threads = o.threads}, matrix, s.query_labels, s.gallery_labels, params),
      verification(pairs_of(matrix, s.query_labels, s.gallery_labels, params), wanted)};
}

int evaluate(const options& o) {
  constexpr std::int64_t kBytesEach = 12;  // a score, again among the pairs, and room to sort
  if (o.threshold) check_number("--threshold", *o.threshold, -1, 1);
  check_number("--threads", o.threads, 0, 4096);
  if (o.query_cameras.empty() != o.gallery_cameras.empty()) {
    throw usage_error("--query-cameras and --gallery-cameras go together; give both or neither");
  }
  check_outputs({{"--json", o.json_file}}, {{"--gallery", o.gallery},
                                            {"--queries", o.queries},
                                            {"--labels", o.labels},
                                            {"--query-cameras", o.query_cameras},
                                            {"--gallery-cameras", o.gallery_cameras}});
  const stopwatch watch;
  const auto queries = read_embeddings(o.queries);
  const auto loaded = load_gallery(o.gallery, o.threads);
  refuse_empty(loaded, o.gallery);
  const auto known = loaded.contents();
  check_dimension(queries, o.queries, known.dimension, "the gallery " + o.gallery);
  const auto s = subjects_of(o, queries, known);
  refuse_too_many(queries.rows(), static_cast<std::int64_t>(known.ids.size()), kBytesEach);
  const auto f = measured(o, queries, known, s);
  if (!o.json_file.empty()) write_file(o.json_file, report_json(o, f.ranks, f.pairs));
  const std::string text =
      report(o, f.ranks, f.pairs, s.unknown) + number_text(watch.seconds(), 2) + " s\n";
  std::fputs(text.c_str(), stdout);
  return 0;
}

}  // namespace

void add_eval(CLI::App& app, action& chosen) {
  auto* command = app.add_subcommand("eval", "how often a gallery is right: CMC, mAP, ROC");
  command->footer(kItself);
  const auto o = std::make_shared<options>();
  command->add_option("--gallery", o->gallery, "made by reid enroll")
      ->required()
      ->type_name("G.kgl");
  command->add_option("--queries", o->queries, "one a row")->required()->type_name("Q.npy");
  command->add_option("--labels", o->labels, "who they are: one name a line")
      ->required()
      ->type_name("L.txt");
  command->add_option("--threshold", o->threshold, "also: what this one accepts")->type_name("T");
  command
      ->add_option("--query-cameras", o->query_cameras,
                   "one a line: rows of the query's name and camera are left out")
      ->type_name("FILE");
  command->add_option("--gallery-cameras", o->gallery_cameras, "of the gallery's rows")
      ->type_name("FILE");
  command->add_option("--json", o->json_file, "also write every figure")->type_name("FILE");
  command->add_option("--threads", o->threads, "CPU threads (default: all cores)")->type_name("N");
  command->add_flag("--quiet", o->quiet, "no progress");
  command->callback([o, &chosen] { chosen = [o] { return evaluate(*o); }; });
}

}  // namespace kernels::examples

// reid compare: two embeddings of the same crops, say of a model in float32 and in float16.
#include "commands.hpp"
#include "comparison.hpp"

#include <common/arguments.hpp>
#include <common/embeddings.hpp>
#include <common/names.hpp>
#include <common/progress.hpp>
#include <common/stop.hpp>
#include <common/table.hpp>

#include <CLI/CLI.hpp>

#include <cstdio>

namespace kernels::examples {
namespace {

struct options {
  std::string a, b, labels;
  double threshold = 0.85;
  int threads = 0;
  bool quiet = false;
};

std::string share_text(double share) { return number_text(100 * share, 2) + " %"; }

std::string scientific(double x) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.3g", x);
  return text;
}

std::string change_text(double before, double after) {
  const auto text = number_text(100 * (after - before), 2);
  return (after >= before ? "+" : "") + text + " %";
}

std::string report(const options& o, const comparison& c) {
  const std::string flipped = std::to_string(c.gained + c.lost);
  std::string text = std::to_string(c.pairs) + " pairs of rows\n";
  std::vector<std::vector<std::string>> rows = {
      {"score moved, mean", scientific(c.mean)},
      {"score moved, max", scientific(c.largest)},
      {"decisions flipped at " + number_text(o.threshold, 4), flipped},
      {"  accepted only by A", std::to_string(c.lost)},
      {"  accepted only by B", std::to_string(c.gained)},
      {"  accepted by A", std::to_string(c.accepted)}};
  text += table_text(rows);
  if (c.row >= 0 && c.largest > 0) {
    text += "  most: rows " + std::to_string(c.row) + " and " + std::to_string(c.column) +
            ", from " + score_text(c.before) + " to " + score_text(c.after) + "\n";
  }
  if (!c.ranked) return text;
  std::int64_t won = 0;
  std::int64_t lost = 0;
  for (std::size_t k = 0; k < c.a.right.size(); ++k) {
    won += c.b.right[k] && !c.a.right[k] ? 1 : 0;
    lost += c.a.right[k] && !c.b.right[k] ? 1 : 0;
  }
  rows = {{"", "A", "B", "change"}, {}};
  rows.push_back({"rank-1", share_text(c.a.rank_1), share_text(c.b.rank_1),
                  change_text(c.a.rank_1, c.b.rank_1)});
  rows.push_back({"mAP", share_text(c.a.map), share_text(c.b.map), change_text(c.a.map, c.b.map)});
  return text + "\n" + std::to_string(c.queries) +
         " rows with another of their name, each looked for among the others; the nearest became "
         "right for " +
         std::to_string(won) + ", wrong for " + std::to_string(lost) + "\n" + table_text(rows);
}

int compare(const options& o) {
  check_number("--threshold", o.threshold, -1, 1);
  check_number("--threads", o.threads, 0, 4096);
  const auto a = read_embeddings(o.a);
  const auto b = read_embeddings(o.b);
  if (a.rows() != b.rows()) {
    throw usage_error(o.a + " has " + std::to_string(a.rows()) + " rows and " + o.b + " " +
                      std::to_string(b.rows()) + "; they must be of the same crops");
  }
  std::vector<std::int32_t> labels;
  if (!o.labels.empty()) {
    const auto names = read_names(o.labels);
    check_count(names, o.labels, a.rows(), o.a);
    labels = numbered(names);
  }
  progress bar("reid", "blocks", (a.rows() + kComparisonBlock - 1) / kComparisonBlock, o.quiet);
  const auto c = compare_rows(a.view_of(), b.view_of(), static_cast<float>(o.threshold), labels,
                              o.threads, [&] {
                                throw_if_stopped();
                                bar.advance();
                              });
  bar.finish();
  const std::string text = "A " + o.a + ": " + a.description() + "\nB " + o.b + ": " +
                           b.description() + "\n" + report(o, c);
  std::fputs(text.c_str(), stdout);
  return 0;
}

}  // namespace

void add_compare(CLI::App& app, action& chosen) {
  auto* command =
      app.add_subcommand("compare", "two embeddings of the same crops: what changes with B?");
  const auto o = std::make_shared<options>();
  command->add_option("A", o->a, "one a row")->required()->type_name("A.npy");
  command->add_option("B", o->b, "the same crops in the same order")
      ->required()
      ->type_name("B.npy");
  command->add_option("--labels", o->labels, "whose they are: also compare ranks")
      ->type_name("L.txt");
  command->add_option("--threshold", o->threshold, "where pairs are accepted (default 0.85)")
      ->type_name("T");
  command->add_option("--threads", o->threads, "CPU threads (default: all cores)")->type_name("N");
  command->add_flag("--quiet", o->quiet, "no progress");
  command->callback([o, &chosen] { chosen = [o] { return compare(*o); }; });
}

}  // namespace kernels::examples

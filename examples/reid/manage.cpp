// reid remove and reid info: what is in a gallery, and taking a name out of it.
#include "commands.hpp"
#include "gallery_files.hpp"
#include "gallery_lock.hpp"

#include <common/arguments.hpp>
#include <common/machine.hpp>
#include <common/table.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <numeric>

namespace kernels::examples {
namespace {

struct options {
  std::string gallery, label;
  bool all = false, quiet = false;
};

int remove(const options& o) {
  check_gallery(o.gallery);
  const gallery_lock alone(o.gallery, o.quiet);
  auto known = load_gallery(o.gallery, 0);
  const auto removed = known.remove(std::string_view(o.label));
  if (removed == 0) {
    throw usage_error("--label: there is no '" + o.label + "' in " + o.gallery +
                      "; reid info --all lists the names");
  }
  save_gallery(known, o.gallery);
  if (o.quiet) return 0;
  const std::string text = count_text(removed, "row", "rows") + " of '" + o.label +
                           "' removed: " + count_text(known.size(), "row", "rows") + " of " +
                           count_text(known.identity_count(), "identity", "identities") + " in " +
                           o.gallery + "\n";
  std::fputs(text.c_str(), stdout);
  return 0;
}

int info(const options& o) {
  constexpr std::size_t kShown = 20;
  const auto known = load_gallery(o.gallery, 0);
  const auto contents = known.contents();
  std::vector<std::size_t> order(contents.labels.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(
      order, [&](auto a, auto b) { return contents.vectors[a] > contents.vectors[b]; });
  std::string text = o.gallery + ": " + count_text(known.size(), "row", "rows") + " of " +
                     count_text(known.identity_count(), "identity", "identities") + ", " +
                     std::to_string(known.dimension()) + " numbers a row, " +
                     bytes_text(static_cast<double>(std::filesystem::file_size(o.gallery))) + "\n";
  std::vector<std::vector<std::string>> rows = {{"name", "rows"}, {}};
  const auto shown = o.all ? order.size() : std::min(order.size(), kShown);
  for (std::size_t k = 0; k < shown; ++k) {
    rows.push_back({contents.labels[order[k]], std::to_string(contents.vectors[order[k]])});
  }
  if (shown > 0) text += table_text(rows);
  if (shown < order.size()) {
    text += "  and " + std::to_string(order.size() - shown) + " more (--all)\n";
  }
  std::fputs(text.c_str(), stdout);
  return 0;
}

}  // namespace

void add_remove(CLI::App& app, action& chosen) {
  auto* command = app.add_subcommand("remove", "a name with all its rows out of a gallery");
  const auto o = std::make_shared<options>();
  command->add_option("--gallery", o->gallery, "changed")->required()->type_name("G.kgl");
  command->add_option("--label", o->label, "who")->required()->type_name("NAME");
  command->add_flag("--quiet", o->quiet, "say nothing unless something is wrong");
  command->callback([o, &chosen] { chosen = [o] { return remove(*o); }; });
}

void add_info(CLI::App& app, action& chosen) {
  auto* command = app.add_subcommand("info", "what is in a gallery");
  const auto o = std::make_shared<options>();
  command->add_option("--gallery", o->gallery, "read")->required()->type_name("G.kgl");
  command->add_flag("--all", o->all, "every name, not only the twenty with most rows");
  command->callback([o, &chosen] { chosen = [o] { return info(*o); }; });
}

}  // namespace kernels::examples

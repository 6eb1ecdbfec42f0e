// reid enroll: embeddings with names into a gallery.
#include "commands.hpp"
#include "gallery_files.hpp"
#include "gallery_lock.hpp"

#include <common/arguments.hpp>
#include <common/names.hpp>
#include <common/stopwatch.hpp>
#include <common/table.hpp>

#include <CLI/CLI.hpp>

#include <cstdio>

namespace kernels::examples {
namespace {

namespace fs = std::filesystem;

struct options {
  std::string gallery, embeddings, labels;
  bool append = false, quiet = false;
  int threads = 0;
};

gallery gallery_to_fill(const options& o, const embeddings& e) {
  std::error_code code;
  if (!fs::exists(o.gallery, code)) return gallery(e.dimension());
  if (!o.append) {
    throw usage_error("--gallery " + o.gallery +
                      " is there already; give --append to add to it, or another name");
  }
  auto known = load_gallery(o.gallery, o.threads);
  if (known.dimension() > 0) {
    check_dimension(e, o.embeddings, known.dimension(), "the gallery " + o.gallery);
  }
  return known;
}

int enroll(const options& o) {
  check_number("--threads", o.threads, 0, 4096);
  check_outputs({{"--gallery", o.gallery}},
                {{"--embeddings", o.embeddings}, {"--labels", o.labels}});
  const stopwatch watch;
  const auto e = read_embeddings(o.embeddings);
  const auto labels = read_names(o.labels);
  check_count(labels, o.labels, e.rows(), o.embeddings);
  const gallery_lock alone(o.gallery, o.quiet);
  auto known = gallery_to_fill(o, e);
  try {
    known.add(on_cpu{.threads = o.threads}, labels, e.view_of());
  } catch (const out_of_memory&) {
    throw;
  } catch (const error& refused) {
    throw usage_error(o.labels + ", " + o.embeddings + ": " + refused.what());
  }
  save_gallery(known, o.gallery);
  if (o.quiet) return 0;
  const std::string text = count_text(e.rows(), "row", "rows") + " enrolled (" + e.description() +
                           "): " + count_text(known.size(), "row", "rows") + " of " +
                           count_text(known.identity_count(), "identity", "identities") + " in " +
                           o.gallery + ", " + number_text(watch.seconds(), 2) + " s\n";
  std::fputs(text.c_str(), stdout);
  return 0;
}

}  // namespace

void add_enroll(CLI::App& app, action& chosen) {
  auto* command = app.add_subcommand("enroll", "embeddings with names into a gallery");
  const auto o = std::make_shared<options>();
  command->add_option("--gallery", o->gallery, "made, or with --append added to")
      ->required()
      ->type_name("G.kgl");
  command->add_option("--embeddings", o->embeddings, "one a row")->required()->type_name("X.npy");
  command->add_option("--labels", o->labels, "whose they are: one name a line")
      ->required()
      ->type_name("L.txt");
  command->add_flag("--append", o->append, "add to a gallery that is there");
  command->add_option("--threads", o->threads, "CPU threads (default: all cores)")->type_name("N");
  command->add_flag("--quiet", o->quiet, "say nothing unless something is wrong");
  command->callback([o, &chosen] { chosen = [o] { return enroll(*o); }; });
}

}  // namespace kernels::examples

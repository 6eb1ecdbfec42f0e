// reid embed: pictures to embeddings. While the network looks at one batch, the next is decoded.
#include "commands.hpp"
#include "image_network.hpp"

#include <common/arguments.hpp>
#include <common/decode.hpp>
#include <common/file.hpp>
#include <common/inputs.hpp>
#include <common/machine.hpp>
#include <common/npy.hpp>
#include <common/progress.hpp>
#include <common/stop.hpp>
#include <common/stopwatch.hpp>
#include <common/table.hpp>

#include <CLI/CLI.hpp>

#include <charconv>
#include <cmath>
#include <cstdio>
#include <future>
#include <vector>

namespace kernels::examples {
namespace {

namespace fs = std::filesystem;

struct options {
  std::string model, images, output, list;
  std::string size = "224x224", mean = "0.485,0.456,0.406", deviation = "0.229,0.224,0.225";
  std::string type = "float32";
  int batch = 16, threads = 0;
  bool letterbox = false, bgr = false, quiet = false;
};

void parse_size(const std::string& text, network_options& o) {
  int sides[2] = {};
  const char* at = text.data();
  const char* const end = at + text.size();
  for (int k = 0; k < 2; ++k) {
    const auto [stopped, code] = std::from_chars(at, end, sides[k]);
    const bool good =
        code == std::errc{} && sides[k] >= 1 && sides[k] <= 8192 &&
        (k == 0 ? stopped != end && (*stopped == 'x' || *stopped == 'X') : stopped == end);
    if (!good) refuse_option("--size", "WIDTHxHEIGHT such as 128x256, each from 1 to 8192", text);
    at = stopped + 1;
  }
  o.width = sides[0];
  o.height = sides[1];
}

void parse_three(const char* option, const std::string& text, double least, float (&out)[3]) {
  const auto refuse = [&] {
    refuse_option(option, "three numbers with commas between, such as 0.485,0.456,0.406", text);
  };
  const char* at = text.data();
  const char* const end = at + text.size();
  for (int k = 0; k < 3; ++k) {
    const auto [stopped, code] = std::from_chars(at, end, out[k]);
    if (code != std::errc{} || !(out[k] >= least && out[k] <= 1e6)) refuse();
    if (k < 2 ? stopped == end || *stopped != ',' : stopped != end) refuse();
    at = stopped + 1;
  }
}

network_options network_of(const options& o) {
  network_options n;
  n.model = o.model;
  n.threads = o.threads == 0 ? cores() : o.threads;
  parse_size(o.size, n);
  parse_three("--mean", o.mean, -1e6, n.pixels.mean);
  parse_three("--std", o.deviation, 1e-6, n.pixels.std);
  n.pixels.fit = o.letterbox ? preprocess_fit::letterbox : preprocess_fit::stretch;
  n.pixels.swap_channels = !o.bgr;
  return n;
}

void check_finite(const std::vector<float>& values, std::int64_t columns,
                  const std::vector<fs::path>& pictures) {
  for (std::size_t k = 0; k < values.size(); ++k) {
    if (std::isfinite(values[k])) continue;
    throw failure("the network gives " + std::to_string(values[k]) + " for " +
                  pictures[k / static_cast<std::size_t>(columns)].string() +
                  "; check --size, --mean and --std");
  }
}

int embed(const options& o) {
  const auto type = one_of<npy_type>(
      "--type", o.type, {{"float32", npy_type::float32}, {"float16", npy_type::float16}});
  check_number("--batch", o.batch, 1, 4096);
  check_number("--threads", o.threads, 0, 4096);
  check_outputs({{"--output", o.output}, {"--list", o.list}},
                {{"--model", o.model}, {"--images", o.images}});
  for (const auto& output : {o.output, o.list}) {
    if (has_image_name(output))
      refuse_option("--output and --list", "no name of a picture", output);
  }
  const auto settings = network_of(o);
  if (!fs::is_directory(o.images)) refuse_option("--images", "a folder of pictures", o.images);
  const auto pictures = images_in(o.images);
  const auto network = make_image_network(settings);
  const stopwatch watch;
  const auto count = static_cast<std::int64_t>(pictures.size());
  const std::int64_t columns = network->dimension();
  std::vector<float> values(static_cast<std::size_t>(count * columns));
  const auto prepare = [&](std::int64_t first) {
    const auto size = static_cast<std::size_t>(std::min<std::int64_t>(o.batch, count - first));
    return std::async(std::launch::async, [&, first, size] {
      return network->prepare(std::span(pictures).subspan(static_cast<std::size_t>(first), size));
    });
  };
  double waited = 0;
  double inferred = 0;
  progress bar("reid", "pictures", count, o.quiet);
  auto next = prepare(0);
  for (std::int64_t first = 0; first < count; first += o.batch) {
    throw_if_stopped();
    stopwatch lap;
    const cv::Mat input = next.get();
    if (first + o.batch < count) next = prepare(first + o.batch);
    waited += lap.lap();
    network->embed(input, values.data() + first * columns);
    inferred += lap.lap();
    for (int k = 0; k < input.size[0]; ++k) bar.advance();
  }
  bar.finish();
  check_finite(values, columns, pictures);
  if (!o.list.empty()) {
    std::string text;
    for (const auto& path : pictures) text += path.string() + "\n";
    write_file(o.list, text);
  }
  write_npy(o.output, packed(std::as_const(values).data(), {count, columns}), type);
  if (o.quiet) return 0;
  const double total = watch.seconds();
  const std::string text =
      std::to_string(count) + (count == 1 ? " picture" : " pictures") + " to " +
      std::to_string(columns) + " numbers each in " + o.output + " (" + name(type) +
      "): " + number_text(total, 2) + " s, of which network " + number_text(inferred, 2) +
      " s, waiting for pictures " + number_text(waited, 2) + " s, " +
      number_text(static_cast<double>(count) / std::max(total, 1e-9), 1) + " pictures/s\n";
  std::fputs(text.c_str(), stdout);
  return 0;
}

}  // namespace

void add_embed(CLI::App& app, action& chosen) {
  auto* command = app.add_subcommand("embed", "pictures to embeddings, by an ONNX network");
  const auto o = std::make_shared<options>();
  command->add_option("--model", o->model, "a network from pictures to embeddings")
      ->required()
      ->type_name("FILE.onnx");
  command->add_option("--images", o->images, "JPEG, PNG, WebP; rows in natural order of names")
      ->required()
      ->type_name("DIR");
  command->add_option("-o,--output", o->output, "the embeddings")->required()->type_name("X.npy");
  command->add_option("--list", o->list, "also write the pictures' names, one a line")
      ->type_name("FILE");
  command->add_option("--size", o->size, "pixels the network sees (default 224x224)")
      ->type_name("WxH");
  command->add_option("--mean", o->mean, "taken off R,G,B of 0 to 1 (default: ImageNet's)")
      ->type_name("R,G,B");
  command->add_option("--std", o->deviation, "what R,G,B are then divided by (default: ImageNet's)")
      ->type_name("R,G,B");
  command->add_flag("--letterbox", o->letterbox, "keep pictures' shapes, with grey beside them");
  command->add_flag("--bgr", o->bgr, "the network wants blue first; so then are --mean and --std");
  command->add_option("--type", o->type, "float32 (default) or float16")->type_name("TYPE");
  command->add_option("--batch", o->batch, "pictures at a time (default 16)")->type_name("N");
  command->add_option("--threads", o->threads, "CPU threads (default: all cores)")->type_name("N");
  command->add_flag("--quiet", o->quiet, "say nothing unless something is wrong");
  command->callback([o, &chosen] { chosen = [o] { return embed(*o); }; });
}

}  // namespace kernels::examples

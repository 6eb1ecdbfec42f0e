#include "job.hpp"

#include "cameras_json.hpp"
#include "report.hpp"
#include "rig.hpp"
#include "sampler.hpp"

#include <common/contact_sheet.hpp>
#include <common/decode.hpp>
#include <common/errors.hpp>
#include <common/file.hpp>
#include <common/inputs.hpp>
#include <common/machine.hpp>
#include <common/parallel.hpp>
#include <common/progress.hpp>
#include <common/stop.hpp>
#include <common/stopwatch.hpp>
#include <common/video.hpp>

#include <cstdio>
#include <system_error>

namespace kernels::examples {
namespace {

namespace fs = std::filesystem;

std::string size_text(const cv::Mat& picture) {
  return std::to_string(picture.cols) + "x" + std::to_string(picture.rows);
}

class job {
 public:
  job(const options& o, std::vector<input> inputs)
      : options_(o),
        inputs_(std::move(inputs)),
        threads_(o.threads == 0 ? cores() : o.threads),
        folder_(o.output),
        progress_("e2p", "images", count_frames(), o.quiet) {
    refuse_overwriting(inputs_, folder_.path());
    // what is wrong with the rig is said before the first panorama is decoded
    if (o.views.what != views_option::kind::cube || o.size) prepare(0);
  }

  int run() {
    try {
      for (const auto& one : inputs_) process(one);
    } catch (const std::exception&) {
      finish_early();
      throw;
    }
    write_cameras_if_any();
    progress_.finish();
    statistics_.total = clock_.seconds();
    if (!options_.quiet) {
      const auto where = sampler_ ? sampler_->description() : "nothing sampled";
      std::fputs(report_text(statistics_, where, folder_.path().string()).c_str(), stdout);
    }
    return statistics_.failed == 0 ? 0 : 1;
  }

 private:
  [[nodiscard]] std::int64_t count_frames() const {
    std::int64_t frames = 0;
    for (const auto& one : inputs_) {
      frames += one.is_video ? expected_frames(one) : 1;
    }
    return frames;
  }

  static std::int64_t expected_frames(const input& one) {
    try {
      return video_reader(one.path).expected_frames();
    } catch (const failure&) {
      return 0;  // said when its turn comes
    }
  }

  void prepare(std::int64_t panorama_width) {
    rig_ = make_rig(options_, panorama_width);
    sampler_ = make_sampler(options_, rig_,
                            [this](const std::string& message) { progress_.note(message); });
  }

  /// One input; if there are others, what is wrong with it is only reported.
  void process(const input& one) {
    try {
      one.is_video ? process_video(one) : process_image(one);
    } catch (const stopped&) {
      throw;
    } catch (const output_failure&) {
      throw;
    } catch (const std::exception& e) {
      if (inputs_.size() == 1) throw;
      ++statistics_.failed;
      progress_.note(e.what());
    }
  }

  void process_image(const input& one) {
    stopwatch watch;
    throw_if_stopped();
    const cv::Mat panorama = read_image(one.path);
    statistics_.decode += watch.lap();
    process_frame(one, panorama, one.stem, true);
    done_.push_back({one.path.filename().string(), one.stem, {panorama.cols, panorama.rows}});
  }

  void process_video(const input& one) {
    stopwatch watch;
    video_reader video(one.path);
    cv::Mat frame;
    for (std::int64_t number = 1;; ++number) {
      throw_if_stopped();
      watch.lap();
      const bool more = read_next(video, frame);
      statistics_.decode += watch.lap();
      if (!more) return;
      char suffix[32];
      std::snprintf(suffix, sizeof(suffix), "_f%06lld", static_cast<long long>(number));
      process_frame(one, frame, one.stem + suffix, number == 1);
      if (number == 1) {
        done_.push_back({one.path.filename().string(), one.stem, {frame.cols, frame.rows}});
      }
      done_.back().frames = number;
    }
  }

  static bool read_next(video_reader& video, cv::Mat& frame) {
    try {
      return video.read(frame);
    } catch (const video_cut_off& e) {
      throw failure(std::string(e.what()) + " (the views of those are complete)");
    }
  }

  void process_frame(const input& one, const cv::Mat& panorama, const std::string& stem,
                     bool with_sheet) {
    if (panorama.cols != 2 * panorama.rows && !options_.allow_partial) {
      throw usage_error(one.path.string() + " is " + size_text(panorama) +
                        ", but a full panorama is twice as wide as high; crop or pad it, or take "
                        "it as a full sphere with --allow-partial");
    }
    if (!sampler_) prepare(panorama.cols);
    stopwatch watch;
    const auto& pictures = sample(one, panorama);
    statistics_.sample += watch.lap();
    write_views(pictures, stem);
    statistics_.encode += watch.lap();
    if (options_.contact_sheet && with_sheet) {
      write_sheet(one, panorama, pictures);
      statistics_.sheet += watch.lap();
    }
    ++statistics_.images;
    statistics_.views += static_cast<std::int64_t>(pictures.size());
    for (const auto& p : pictures) statistics_.megapixels += 1e-6 * static_cast<double>(p.total());
    progress_.advance();
  }

  const std::vector<cv::Mat>& sample(const input& one, const cv::Mat& panorama) {
    try {
      return sampler_->sample(panorama);
    } catch (const usage_error& e) {
      throw usage_error(one.path.string() + ": " + e.what());
    }
  }

  [[nodiscard]] fs::path output_path(const std::string& name_) const {
    return folder_.path() / (name_ + "." + name(options_.format));
  }

  /// All views of a frame, or none of them.
  void write_views(const std::vector<cv::Mat>& pictures, const std::string& stem) {
    const auto path = [&](std::size_t k) { return output_path(stem + "_" + rig_[k].name); };
    std::vector<char> written(pictures.size());
    try {
      parallel_for(threads_, static_cast<std::int64_t>(pictures.size()), [&](std::int64_t index) {
        const auto k = static_cast<std::size_t>(index);
        throw_if_stopped();
        const auto file = encode(pictures[k], options_.format, options_.quality);
        throw_if_stopped();
        write_file(path(k), file);
        written[k] = 1;
      });
    } catch (...) {
      for (std::size_t k = 0; k < written.size(); ++k) {
        std::error_code ignored;
        if (written[k] != 0) fs::remove(path(k), ignored);
      }
      throw;
    }
  }

  void write_sheet(const input& one, const cv::Mat& panorama,
                   const std::vector<cv::Mat>& pictures) const {
    std::vector<labelled_picture> views;
    for (std::size_t k = 0; k < pictures.size(); ++k) {
      views.push_back({pictures[k], rig_[k].name, angles_text(rig_[k])});
    }
    const auto sheet =
        contact_sheet({panorama, one.path.filename().string(), size_text(panorama)}, views);
    write_file(output_path(one.stem + "_sheet"), encode(sheet, options_.format, options_.quality));
  }

  void write_cameras_if_any() const {
    if (!done_.empty()) write_cameras(folder_.path() / "cameras.json", rig_, done_);
  }

  /// The views that are there can be used; that they cannot be described as well is no news.
  void finish_early() {
    progress_.finish();
    try {
      write_cameras_if_any();
    } catch (const std::exception&) {
    }
  }

  const options& options_;
  std::vector<input> inputs_;
  int threads_;
  output_folder folder_;
  progress progress_;
  rig rig_;
  std::unique_ptr<sampler> sampler_;
  run_statistics statistics_;
  std::vector<done_input> done_;
  stopwatch clock_;
};

}  // namespace

int run_job(const options& o) {
  check_backend(o.where);
  return job(o, expand_inputs(o.inputs)).run();
}

}  // namespace kernels::examples

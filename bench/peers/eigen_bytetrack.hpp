// ByteTrack as the usual C++ ports write it: an object a track with a dense 8 × 8 Eigen filter,
// vectors of vectors of costs, and Jonker–Volgenant on the matrix padded to rows + columns. Own
// code, after the published algorithm; it gives the tracks of kernels::byte_tracker.
#pragma once

#include "jonker_volgenant.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include <algorithm>
#include <memory>
#include <vector>

namespace bench {

class eigen_bytetrack {
 public:
  using vector8 = Eigen::Matrix<double, 8, 1>;
  using matrix8 = Eigen::Matrix<double, 8, 8>;
  using vector4 = Eigen::Matrix<double, 4, 1>;
  using matrix4 = Eigen::Matrix<double, 4, 4>;

  /// Corners and score.
  struct object {
    double left, top, right, bottom, score;
  };
  struct settings {
    double high = 0.6, match = 0.9;
    bool fuse = true;
    int max_lost = 30;
  };

  explicit eigen_bytetrack(const settings& s) : settings_(s) {
    motion_.setIdentity();
    for (int k = 0; k < 4; ++k) motion_(k, k + 4) = 1;
    observe_.setZero();
    for (int k = 0; k < 4; ++k) observe_(k, k) = 1;
  }

  /// Tracks that have a detection in this frame.
  std::size_t update(const std::vector<object>& given) {
    ++frame_;
    std::vector<object> high, low;
    for (const auto& d : given) {
      if (d.score > settings_.high)
        high.push_back(d);
      else if (d.score > 0.1 && d.score < settings_.high)
        low.push_back(d);
    }
    std::vector<std::shared_ptr<track>> pool, unconfirmed;
    for (const auto& t : tracked_) (t->confirmed ? pool : unconfirmed).push_back(t);
    const std::vector<std::shared_ptr<track>> was_lost = lost_;
    pool.insert(pool.end(), lost_.begin(), lost_.end());
    for (const auto& t : pool) predict(*t);

    std::vector<std::shared_ptr<track>> kept, rest, now_lost;
    std::vector<char> used(high.size(), 0);
    auto match = assign(pool, high, settings_.fuse, settings_.match);
    for (std::size_t i = 0; i < pool.size(); ++i) {
      if (match[i] >= 0) {
        correct(*pool[i], high[static_cast<std::size_t>(match[i])]);
        used[static_cast<std::size_t>(match[i])] = 1;
        kept.push_back(pool[i]);
      } else if (!pool[i]->lost) {
        rest.push_back(pool[i]);
      }
    }
    match = assign(rest, low, false, 0.5);
    for (std::size_t i = 0; i < rest.size(); ++i) {
      if (match[i] >= 0) {
        correct(*rest[i], low[static_cast<std::size_t>(match[i])]);
        kept.push_back(rest[i]);
      } else {
        rest[i]->lost = true;
        now_lost.push_back(rest[i]);
      }
    }
    std::vector<object> left;
    for (std::size_t j = 0; j < high.size(); ++j) {
      if (used[j] == 0) left.push_back(high[j]);
    }
    match = assign(unconfirmed, left, settings_.fuse, 0.7);
    used.assign(left.size(), 0);
    for (std::size_t i = 0; i < unconfirmed.size(); ++i) {
      if (match[i] < 0) continue;
      correct(*unconfirmed[i], left[static_cast<std::size_t>(match[i])]);
      used[static_cast<std::size_t>(match[i])] = 1;
      kept.push_back(unconfirmed[i]);
    }
    for (std::size_t j = 0; j < left.size(); ++j) {
      if (used[j] == 0 && left[j].score >= settings_.high + 0.1) kept.push_back(start(left[j]));
    }
    std::vector<std::shared_ptr<track>> lost;
    for (const auto& t : was_lost) {
      if (!t->lost || t->expired) continue;
      t->expired = frame_ - t->last > settings_.max_lost;
      lost.push_back(t);
    }
    for (const auto& t : now_lost) {
      if (!t->expired) lost.push_back(t);
    }
    remove_duplicates(kept, lost);
    tracked_ = std::move(kept);
    lost_ = std::move(lost);
    return static_cast<std::size_t>(std::count_if(tracked_.begin(), tracked_.end(),
                                                  [](const auto& t) { return t->confirmed; }));
  }

 private:
  struct track {
    vector8 mean;
    matrix8 covariance;
    bool confirmed = false, lost = false, expired = false;
    int id = 0, first = 0, last = 0;
  };

  static vector4 measured(const object& d) {
    const double height = d.bottom - d.top;
    return {(d.left + d.right) / 2, (d.top + d.bottom) / 2, (d.right - d.left) / height, height};
  }

  std::shared_ptr<track> start(const object& d) {
    auto t = std::make_shared<track>();
    const vector4 z = measured(d);
    const double h = z(3);
    t->mean << z, vector4::Zero();
    vector8 deviation;
    deviation << h / 10, h / 10, 1e-2, h / 10, h / 16, h / 16, 1e-5, h / 16;
    t->covariance = deviation.cwiseAbs2().asDiagonal();
    t->confirmed = frame_ == 1;
    t->id = next_id_++;
    t->first = t->last = frame_;
    return t;
  }

  void predict(track& t) const {
    if (t.lost) t.mean(7) = 0;
    const double h = t.mean(3);
    vector8 deviation;
    deviation << h / 20, h / 20, 1e-2, h / 20, h / 160, h / 160, 1e-5, h / 160;
    t.mean = motion_ * t.mean;
    t.covariance = motion_ * t.covariance * motion_.transpose();
    t.covariance += deviation.cwiseAbs2().asDiagonal();
  }

  void correct(track& t, const object& d) {
    const double h = t.mean(3);
    const vector4 deviation(h / 20, h / 20, 1e-1, h / 20);
    matrix4 innovation = observe_ * t.covariance * observe_.transpose();
    innovation += deviation.cwiseAbs2().asDiagonal();
    const Eigen::Matrix<double, 4, 8> cross = observe_ * t.covariance;
    const Eigen::Matrix<double, 8, 4> gain = innovation.llt().solve(cross).transpose();
    t.mean += gain * (measured(d) - observe_ * t.mean);
    t.covariance -= gain * innovation * gain.transpose();
    t.confirmed = true;
    t.lost = false;
    t.last = frame_;
  }

  static object box_of(const track& t) {
    const double width = t.mean(2) * t.mean(3);
    return {t.mean(0) - width / 2, t.mean(1) - t.mean(3) / 2, t.mean(0) + width / 2,
            t.mean(1) + t.mean(3) / 2, 0};
  }
  static double iou(const object& a, const object& b) {
    const double width = std::min(a.right, b.right) - std::max(a.left, b.left) + 1;
    const double height = std::min(a.bottom, b.bottom) - std::max(a.top, b.top) + 1;
    if (width <= 0 || height <= 0) return 0;
    const auto area = [](const object& o) {
      return (o.right - o.left + 1) * (o.bottom - o.top + 1);
    };
    return width * height / (area(a) + area(b) - width * height);
  }

  std::vector<std::int32_t> assign(const std::vector<std::shared_ptr<track>>& rows,
                                   const std::vector<object>& columns, bool fuse, double limit) {
    if (rows.empty() || columns.empty()) return std::vector<std::int32_t>(rows.size(), -1);
    std::vector<double> costs;
    for (const auto& t : rows) {
      const object box = box_of(*t);
      for (const auto& d : columns) costs.push_back(1 - iou(box, d) * (fuse ? d.score : 1));
    }
    return solver_.solve_limited(costs.data(), static_cast<std::int32_t>(rows.size()),
                                 static_cast<std::int32_t>(columns.size()), limit);
  }

  static void remove_duplicates(std::vector<std::shared_ptr<track>>& tracked,
                                std::vector<std::shared_ptr<track>>& lost) {
    std::vector<char> tracked_goes(tracked.size(), 0), lost_goes(lost.size(), 0);
    for (std::size_t i = 0; i < tracked.size(); ++i) {
      for (std::size_t j = 0; j < lost.size(); ++j) {
        if (!(1 - iou(box_of(*tracked[i]), box_of(*lost[j])) < 0.15)) continue;
        const bool older = tracked[i]->last - tracked[i]->first > lost[j]->last - lost[j]->first;
        (older ? lost_goes[j] : tracked_goes[i]) = 1;
      }
    }
    const auto keep = [](std::vector<std::shared_ptr<track>>& all, const std::vector<char>& goes) {
      std::vector<std::shared_ptr<track>> stay;
      for (std::size_t k = 0; k < all.size(); ++k) {
        if (goes[k] == 0) stay.push_back(all[k]);
      }
      all = std::move(stay);
    };
    keep(tracked, tracked_goes);
    keep(lost, lost_goes);
  }

  settings settings_;
  matrix8 motion_;
  Eigen::Matrix<double, 4, 8> observe_;
  jonker_volgenant solver_;
  std::vector<std::shared_ptr<track>> tracked_, lost_;
  int frame_ = 0, next_id_ = 1;
};

}  // namespace bench

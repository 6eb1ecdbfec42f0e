// The peer of kalman on the CPU: ByteTrack's filter written straightforwardly with fixed-size Eigen
// matrices, a full 8×8 covariance a track, one track after the other, as its C++ ports do it.
// Compiled where Eigen is found (KERNELS_BENCH_EIGEN).
#pragma once

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include <vector>

namespace bench {

template <class T>
class eigen_kalman {
 public:
  using state = Eigen::Matrix<T, 8, 1>;
  using covariance = Eigen::Matrix<T, 8, 8>;
  using measurement = Eigen::Matrix<T, 4, 1>;
  using projected = Eigen::Matrix<T, 4, 4>;

  struct track {
    state mean;
    covariance p;
  };
  std::vector<track, Eigen::aligned_allocator<track>> tracks;

  eigen_kalman() {
    f_.setIdentity();
    f_.template topRightCorner<4, 4>().setIdentity();
  }

  void initiate(const T* z) {
    const T h = z[3];
    track t;
    t.mean << z[0], z[1], z[2], z[3], T(0), T(0), T(0), T(0);
    state d;
    d << h / 10, h / 10, T(1e-2), h / 10, h / 16, h / 16, T(1e-5), h / 16;
    t.p = d.cwiseAbs2().asDiagonal();
    tracks.push_back(t);
  }
  void predict() {
    for (auto& t : tracks) {
      const T h = t.mean(3);
      state d;
      d << h / 20, h / 20, T(1e-2), h / 20, h / 160, h / 160, T(1e-5), h / 160;
      t.mean = f_ * t.mean;
      t.p = f_ * t.p * f_.transpose();
      t.p.diagonal() += d.cwiseAbs2();
    }
  }
  void update(const T* z) {
    for (auto& t : tracks) {
      const T h = t.mean(3);
      measurement d(h / 20, h / 20, T(1e-1), h / 20);
      projected s = t.p.template topLeftCorner<4, 4>();
      s.diagonal() += d.cwiseAbs2();
      const Eigen::Matrix<T, 8, 4> gain = s.llt().solve(t.p.template topRows<4>()).transpose();
      t.mean += gain * (Eigen::Map<const measurement>(z) - t.mean.template head<4>());
      t.p -= gain * s * gain.transpose();
      z += 4;
    }
  }

 private:
  covariance f_;
};

}  // namespace bench

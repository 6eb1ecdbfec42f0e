// See eigen_product.hpp.
#include "eigen_product.hpp"

#include <Eigen/Core>

namespace bench {

void eigen_product(const float* a, std::int64_t n, const float* b, std::int64_t m, std::int64_t d,
                   float* out) {
  using matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Eigen::Map<const matrix> left(a, n, d);
  const Eigen::Map<const matrix> right(b, m, d);
  Eigen::Map<matrix> product(out, n, m);
  product.noalias() = left * right.transpose();
}

}  // namespace bench

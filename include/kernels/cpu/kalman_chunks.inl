// Chunks of Ops::kWidth entries of a call, wherever their slots are. Included into the namespace of
// an instruction set, before kalman_loops.inl.

/// Neighbouring slots.
template <class Ops>
struct run_of_slots {
  typename Ops::scalar* data;
  std::int64_t stride;
  typename Ops::number load(int plane) const { return Ops::load(data + plane * stride); }
  void store(int plane, typename Ops::number a) const { Ops::store(data + plane * stride, a); }
};

/// Slots anywhere. Some: only lanes of `changed` are stored; otherwise all, of which the last ones
/// may be the same slot with the same numbers.
template <class Ops, bool Some>
struct some_slots {
  using T = typename Ops::scalar;
  T* data;
  std::int64_t stride;
  const std::int32_t* slots;
  std::uint32_t changed;

  typename Ops::number load(int plane) const {
    T values[Ops::kWidth];
    const T* from = data + plane * stride;
    KERNELS_UNROLL_BY(16)
    for (int i = 0; i < Ops::kWidth; ++i) values[i] = from[slots[i]];
    return Ops::load(values);
  }
  void store(int plane, typename Ops::number a) const {
    T values[Ops::kWidth];
    Ops::store(values, a);
    T* to = data + plane * stride;
    if constexpr (!Some) {
      KERNELS_UNROLL_BY(16)
      for (int i = 0; i < Ops::kWidth; ++i) to[slots[i]] = values[i];
      return;
    }
    for (std::uint32_t left = changed; left != 0; left &= left - 1) {
      const int i = __builtin_ctz(left);
      to[slots[i]] = values[i];
    }
  }
};

/// Up to kWidth entries of a call.
template <class Ops>
struct chunk {
  std::int32_t slots[Ops::kWidth];  ///< the last one is repeated
  std::int64_t first;
  int count;
  bool neighbours;

  chunk(const kalman_range& range, std::int64_t k)
      : first(k), count(static_cast<int>(std::min<std::int64_t>(Ops::kWidth, range.end - k))) {
    neighbours = count == Ops::kWidth;
    for (int i = 0; i < Ops::kWidth; ++i) {
      const std::int64_t entry = k + std::min(i, count - 1);
      slots[i] = range.slots == nullptr ? static_cast<std::int32_t>(entry)
                                        : range.slots[entry * range.stride];
      neighbours = neighbours && slots[i] == slots[0] + i;
    }
  }
  /// Neighbouring entries that are neighbouring slots; `slots` is not set.
  explicit chunk(std::int64_t k) : first(k), count(Ops::kWidth), neighbours(true) {}

  [[nodiscard]] std::uint32_t lanes() const { return (2U << (count - 1)) - 1; }

  /// Column c of the chunk's rows.
  [[nodiscard]] typename Ops::number load(const kalman_rows<const typename Ops::scalar>& rows,
                                          int c) const {
    const auto* from = rows.at(first, c);
    if (rows.row == 1 && count == Ops::kWidth) return Ops::load(from);
    typename Ops::scalar values[Ops::kWidth];
    if (count == Ops::kWidth) {
      KERNELS_UNROLL_BY(16)
      for (int i = 0; i < Ops::kWidth; ++i) values[i] = from[i * rows.row];
    } else {
      for (int i = 0; i < Ops::kWidth; ++i) values[i] = from[std::min(i, count - 1) * rows.row];
    }
    return Ops::load(values);
  }
  void store(const kalman_rows<typename Ops::scalar>& rows, int c, typename Ops::number a,
             std::uint32_t which) const {
    typename Ops::scalar values[Ops::kWidth];
    Ops::store(values, a);
    if (which == (1U << (Ops::kWidth - 1) << 1) - 1) {
      KERNELS_UNROLL_BY(16)
      for (int i = 0; i < Ops::kWidth; ++i) *rows.at(first + i, c) = values[i];
      return;
    }
    for (int i = 0; i < count; ++i) {
      if ((which >> i & 1U) != 0) *rows.at(first + i, c) = values[i];
    }
  }
};

/// Is none of kWidth flags set (0), or every one (1), or some (2)?
template <int Width>
int kalman_forms(const std::uint8_t* flags) {
  std::uint8_t any = 0;
  bool all = true;
  KERNELS_UNROLL_BY(16)
  for (int i = 0; i < Width; ++i) {
    any = static_cast<std::uint8_t>(any | flags[i]);
    all = all && flags[i] != 0;
  }
  return any == 0 ? 0 : all ? 1 : 2;
}

/// The start of a call about all slots: whole chunks of one form, without a look at lists. Returns
/// the first entry that is left.
template <class Ops, class Model, class Body>
std::int64_t for_neighbours(const kalman_view<Model, typename Ops::scalar>& state,
                            const kalman_range& range, const Body& body) {
  std::int64_t k = range.first;
  for (; k + Ops::kWidth <= range.end; k += Ops::kWidth) {
    const chunk<Ops> part(k);
    const run_of_slots<Ops> run{state.data + k, state.stride};
    if constexpr (Model::kCouples) {
      const int form = kalman_forms<Ops::kWidth>(state.coupled + k);
      if (form == 2) return k;
      if (form == 1) {
        body(run, std::true_type{}, part, part.lanes());
        continue;
      }
    }
    body(run, std::false_type{}, part, part.lanes());
  }
  return k;
}

/// Any kWidth entries, or the last ones.
template <class Ops, class Model, class Body>
void for_chunk(const kalman_view<Model, typename Ops::scalar>& state, const kalman_range& range,
               std::int64_t k, const Body& body) {
  const chunk<Ops> part(range, k);
  const std::uint32_t all = part.lanes();
  std::uint32_t coupled = 0;
  if constexpr (Model::kCouples) {
    for (int i = 0; i < part.count; ++i) {
      coupled |= static_cast<std::uint32_t>(state.coupled[part.slots[i]] != 0) << i;
    }
  }
  if (coupled == 0 || coupled == all) {
    const run_of_slots<Ops> run{state.data + part.slots[0], state.stride};
    const some_slots<Ops, false> anywhere{state.data, state.stride, part.slots, all};
    if (coupled == 0) {
      if (part.neighbours) {
        body(run, std::false_type{}, part, all);
      } else {
        body(anywhere, std::false_type{}, part, all);
      }
    } else if constexpr (Model::kCouples) {
      if (part.neighbours) {
        body(run, std::true_type{}, part, all);
      } else {
        body(anywhere, std::true_type{}, part, all);
      }
    }
    return;
  }
  if constexpr (Model::kCouples) {
    const std::uint32_t plain = all & ~coupled;
    body(some_slots<Ops, true>{state.data, state.stride, part.slots, plain}, std::false_type{},
         part, plain);
    body(some_slots<Ops, true>{state.data, state.stride, part.slots, coupled}, std::true_type{},
         part, coupled);
  }
}

/// Calls body(at, coupled, chunk, lanes) so that every entry is in `lanes` once, in the form that
/// its slot has.
template <class Ops, class Model, class Body>
void for_slots(const kalman_view<Model, typename Ops::scalar>& state, const kalman_range& range,
               const Body& body) {
  std::int64_t k = range.first;
  while (k < range.end) {
    if (range.slots == nullptr) {
      kalman_range rest = range;
      rest.first = k;
      k = for_neighbours<Ops>(state, rest, body);
      if (k == range.end) return;
    }
    for_chunk<Ops>(state, range, k, body);
    k += Ops::kWidth;
  }
}

#!/usr/bin/env bash
# Builds and runs the consumer project: run.sh SOURCE BUILD subdirectory|installed ON|OFF
# (with CUDA) [CUDA architectures].
set -euo pipefail
source_dir=$1 work=$2/consumers/$3-cuda-$4 mode=$3 cuda=$4
rm -rf "$work" && mkdir -p "$work/build"
if command -v ninja >/dev/null; then export CMAKE_GENERATOR=Ninja; fi

# the README's C++ example, exactly as it stands there
# shellcheck disable=SC2016
sed -n '/^```cpp$/,/^```$/p' "$source_dir/README.md" | sed '/^```/d' >"$work/build/readme.cpp"
[ -s "$work/build/readme.cpp" ] || { echo "README.md has no C++ example"; exit 1; }

options=(-DCMAKE_BUILD_TYPE=Release -DWITH_CUDA="$cuda")
[ -z "${5:-}" ] || options+=(-DCMAKE_CUDA_ARCHITECTURES="$5")
if [ "$mode" = subdirectory ]; then
  options+=(-DKERNELS_SOURCE="$source_dir" -DKERNELS_CUDA="$cuda")
else
  cmake -S "$source_dir" -B "$work/kernels" -DCMAKE_BUILD_TYPE=Release -DKERNELS_CUDA="$cuda" \
    -DKERNELS_BUILD_TESTS=OFF -DKERNELS_BUILD_BENCH=OFF -DKERNELS_BUILD_EXAMPLES=OFF \
    -DCMAKE_INSTALL_PREFIX="$work/prefix" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
  cmake --build "$work/kernels" >>"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
  cmake --install "$work/kernels" >>"$work/log"
  options+=(-DCMAKE_PREFIX_PATH="$work/prefix")
  # the installed package must not need the source tree or its build
  rm -rf "$work/kernels"
fi
cmake -S "$source_dir/tests/consumers" -B "$work/build" "${options[@]}" >>"$work/log" 2>&1 ||
  { cat "$work/log"; exit 1; }
cmake --build "$work/build" >>"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
grep -n "march" "$work/log" && { echo "built with -march"; exit 1; }

for program in host readme front_door device; do
  [ -x "$work/build/$program" ] || continue
  echo "== $program"
  "$work/build/$program"
done
if [ "$cuda-$mode" = ON-installed ]; then
  { cmake -S "$source_dir/tests/consumers" -B "$work/build" --fresh -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_PREFIX_PATH="$work/prefix" && cmake --build "$work/build" --target front_door; } \
    >>"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
  echo "== front_door, from a project in C++ alone"
  "$work/build/front_door"
fi
if [ "$cuda-$mode" = ON-subdirectory ]; then
  if cmake --build "$work/build" --target mixed >"$work/mixed" 2>&1; then
    echo "translation units with and without CUDA linked with each other"; exit 1
  fi
  grep -q "undefined reference" "$work/mixed" || { cat "$work/mixed"; exit 1; }
  echo "== mixed: refused by the linker, as it should be"
fi

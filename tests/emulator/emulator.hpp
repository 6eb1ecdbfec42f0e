// The CUDA emulator, for tests only: lets an ordinary C++ compiler build a .cuh file and run its
// __global__ functions on the CPU, one block at a time, every CUDA thread a fiber. It checks
// kernels (barriers, warp masks, races, bounds); it is not a backend. See README.md.
#pragma once

#if defined(__CUDACC__)
#error "the emulator is for host compilers; nvcc compiles kernels for the GPU itself"
#endif

#include <emulator/keywords.hpp>

#include <emulator/arithmetic.hpp>
#include <emulator/device_functions.hpp>
#include <emulator/launch.hpp>
#include <emulator/schedule.hpp>
#include <emulator/shared_memory.hpp>

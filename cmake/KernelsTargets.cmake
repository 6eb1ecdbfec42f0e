# The library's targets and their installation.

file(GLOB_RECURSE kernels_headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/include/kernels/*.hpp
     ${PROJECT_SOURCE_DIR}/include/kernels/*.inl)
file(GLOB_RECURSE kernels_cuda_headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/cuda/kernels/*.cuh)

add_library(kernels INTERFACE)
add_library(kernels::kernels ALIAS kernels)
target_compile_features(kernels INTERFACE cxx_std_20)
# CMake 3.25 does not know C++20 for nvcc 13
target_compile_options(kernels INTERFACE $<$<COMPILE_LANGUAGE:CUDA>:-std=c++20>)
target_sources(kernels INTERFACE
  FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/cuda
  FILES ${kernels_headers} ${kernels_cuda_headers})

find_package(Threads REQUIRED)
target_link_libraries(kernels INTERFACE Threads::Threads)
set(KERNELS_HAVE_TBB OFF)
if(KERNELS_TBB)
  find_package(TBB QUIET)
  if(TBB_FOUND)
    set(KERNELS_HAVE_TBB ON)
    target_link_libraries(kernels INTERFACE TBB::tbb)
    target_compile_definitions(kernels INTERFACE KERNELS_WITH_TBB=1)
  endif()
endif()
if(KERNELS_HAVE_TBB)
  message(STATUS "kernels: CPU threads by oneTBB")
else()
  message(STATUS "kernels: CPU threads by the standard library")
endif()

install(TARGETS kernels EXPORT kernels-targets FILE_SET HEADERS)
install(EXPORT kernels-targets NAMESPACE kernels::
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/kernels)
if(KERNELS_HAVE_CUDA)
  file(GLOB kernels_cuda_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/cuda/*.cu)
  add_library(kernels_cuda STATIC ${kernels_cuda_sources})
  add_library(kernels::cuda ALIAS kernels_cuda)
  set_target_properties(kernels_cuda PROPERTIES EXPORT_NAME cuda POSITION_INDEPENDENT_CODE ON)
  target_link_libraries(kernels_cuda PUBLIC kernels CUDA::cudart_static)
  target_compile_definitions(kernels_cuda PUBLIC KERNELS_WITH_CUDA=1)
  # an export of its own: users of the headers alone need no CUDA toolkit
  install(TARGETS kernels_cuda EXPORT kernels-cuda-targets)
  install(EXPORT kernels-cuda-targets NAMESPACE kernels::
          DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/kernels)
endif()

configure_package_config_file(
  ${PROJECT_SOURCE_DIR}/cmake/kernels-config.cmake.in ${PROJECT_BINARY_DIR}/kernels-config.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/kernels)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/kernels-config-version.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/kernels-config.cmake
              ${PROJECT_BINARY_DIR}/kernels-config-version.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/kernels)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

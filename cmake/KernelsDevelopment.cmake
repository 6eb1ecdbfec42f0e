# What the project's own tests, benchmarks and programs share: warnings, output folders, and where
# headers come from that a machine may lack.

set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(KERNELS_SANITIZE "" CACHE STRING "Sanitizers for everything built here, e.g. address,undefined")
option(KERNELS_WERROR "Treat warnings as errors" ${PROJECT_IS_TOP_LEVEL})

add_library(kernels_development INTERFACE)
target_compile_options(kernels_development INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion>
  $<$<AND:$<BOOL:${KERNELS_WERROR}>,$<COMPILE_LANGUAGE:CXX>>:-Werror>
  $<$<AND:$<BOOL:${KERNELS_WERROR}>,$<COMPILE_LANGUAGE:CUDA>>:-Werror=all-warnings>)
if(KERNELS_SANITIZE)
  target_compile_options(kernels_development INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-fsanitize=${KERNELS_SANITIZE} -fno-sanitize-recover=all
                              -fno-omit-frame-pointer>)
  target_link_options(kernels_development INTERFACE -fsanitize=${KERNELS_SANITIZE})
endif()
if(KERNELS_HAVE_CUDA)
  target_compile_options(kernels_cuda PRIVATE
    $<$<BOOL:${KERNELS_WERROR}>:-Werror=all-warnings> -Xptxas=-v)
endif()

# kernels_find_header(<target> <header> [libraries…]): an imported target for a header-only or
# small library, from the system or from KERNELS_DEPS_DIR/include and /lib. <target>_FOUND says if.
function(kernels_find_header target header)
  find_path(${target}_INCLUDE ${header} HINTS ${KERNELS_DEPS_DIR}/include)
  mark_as_advanced(${target}_INCLUDE)
  set(found ON)
  if(NOT ${target}_INCLUDE)
    set(found OFF)
  endif()
  set(libraries)
  foreach(library ${ARGN})
    find_library(${target}_${library}_LIBRARY ${library} HINTS ${KERNELS_DEPS_DIR}/lib)
    mark_as_advanced(${target}_${library}_LIBRARY)
    if(NOT ${target}_${library}_LIBRARY)
      set(found OFF)
    else()
      list(APPEND libraries ${${target}_${library}_LIBRARY})
    endif()
  endforeach()
  if(found)
    add_library(${target} INTERFACE IMPORTED GLOBAL)
    target_include_directories(${target} SYSTEM INTERFACE ${${target}_INCLUDE})
    target_link_libraries(${target} INTERFACE ${libraries})
  endif()
  set(${target}_FOUND ${found} PARENT_SCOPE)
endfunction()

// Ctrl-C: the program is told, finishes the file it is writing, and ends.
#pragma once

namespace kernels::examples {

/// From now on SIGINT and SIGTERM only set a flag; a second one ends the program at once.
/// A full disk or a closed pipe become errors of write() rather than signals.
void stop_at_signals();

/// The signal that asked the program to end, 0 if none did.
int stop_signal();

/// Throws stopped if the program was asked to end. Cheap; safe from any thread.
void throw_if_stopped();

}  // namespace kernels::examples

//! The `dirsheet` command. Everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    give_memory_back();
    dirsheet::cli::main()
}

/// Tells glibc to give large pieces of memory back to the system at once, and to serve all threads from two heaps.
///
/// By itself it keeps pieces of up to 32 MB for later in as many heaps as there are threads, and a sheet comes in such pieces:
/// of what `plan` has resident, a third would be holes (`docs/design/local-road.md`). This is a setting of the process, so it is
/// made here and not in the library. What somebody set in the environment stays.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(
    unsafe_code,
    reason = "the only call of glibc that sets this; there is no safe one"
)]
fn give_memory_back() {
    const SETTINGS: [&str; 4] = [
        "GLIBC_TUNABLES",
        "MALLOC_ARENA_MAX",
        "MALLOC_MMAP_THRESHOLD_",
        "MALLOC_TRIM_THRESHOLD_",
    ];
    if SETTINGS.iter().any(|name| std::env::var_os(name).is_some()) {
        return;
    }
    // SAFETY: `mallopt` takes two numbers and no pointer. It must not run beside another thread (mallopt(3), "Attributes"):
    // this is the first line of the program. A setting that is refused changes nothing.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, 1024 * 1024);
        libc::mallopt(libc::M_ARENA_MAX, 2);
    }
}

//! The `dirsheet` command. Everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    dirsheet::cli::main()
}

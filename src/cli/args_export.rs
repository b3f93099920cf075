//! The flags of `export` and `sandbox`: what makes a directory or a sheet of one.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::shell_lines::Shell;
use super::values::{app_permission, delimiter, guard, loopback, milliseconds, whole};
use crate::table::{Delimiter, Guard};

#[derive(Debug, Clone, Args)]
pub struct SandboxArgs {
    /// How many invented people to generate
    #[arg(long, value_name = "N", conflicts_with = "from", value_parser = whole::<usize>)]
    pub users: Option<usize>,
    /// Fill the directory from a sheet, such as an export of your own
    #[arg(long, value_name = "SHEET")]
    pub from: Option<PathBuf>,
    /// The address to listen on; port 0 takes a free one
    #[arg(long, value_name = "127.0.0.1:PORT", default_value = "127.0.0.1:0", value_parser = loopback)]
    pub listen: std::net::SocketAddr,
    /// The service's quota: `real`, `off`, a factor like `x10`, or `fast10` for the real one in ten times the speed
    #[arg(long, value_name = "real|off|xFACTOR|fastFACTOR", default_value = "real")]
    pub quota: crate::sandbox::Quota,
    /// Write the lines that lead another window here for this shell; without it, for the one that is usual on this system
    #[arg(long, value_enum, value_name = "SHELL")]
    pub shell: Option<Shell>,
    /// Answer this much later
    #[arg(long, value_name = "N", value_parser = milliseconds, default_value_t = 0)]
    pub latency_ms: u64,
    /// For so long after a write, in milliseconds, every other read still shows what was there before
    #[arg(long, value_name = "N", value_parser = milliseconds, default_value_t = 0)]
    pub lag_ms: u64,
    /// Others change so many things a second: edits, renames, deletions, restores and new users
    #[arg(long, value_name = "N", value_parser = whole::<u32>)]
    pub churn: Option<u32>,
    /// Faults to play, separated by `;`; docs/formats/faults.md lists them
    #[arg(long, value_name = "SPEC")]
    pub faults: Option<String>,
    /// Permissions of the app that signs in, separated by commas; without it, all that dirsheet has a use for and the role User Administrator
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = app_permission)]
    pub permissions: Vec<String>,
    /// Register the certificates of this PEM file with the app, so that it can sign in with one
    #[arg(long, value_name = "FILE.pem")]
    pub certificate: Vec<PathBuf>,
    /// Let the app trust the tokens of another issuer: JSON with `issuer`, `subject`, `audience` and `jwks`
    #[arg(long, value_name = "FILE.json")]
    pub federated: Vec<PathBuf>,
    /// The same seed makes the same people
    #[arg(long, value_name = "N", value_parser = whole::<u64>, default_value_t = 1)]
    pub seed: u64,
}

#[derive(Debug, Clone, Args)]
pub struct DoctorArgs {
    /// The columns whose permissions are looked at, separated by commas, or a preset: default, all, minimal, hr
    #[arg(long, value_name = "A,B|preset", default_value = "default")]
    pub columns: String,
}

#[derive(Debug, Clone, Default, Args)]
pub struct ExportArgs {
    /// Write to this file; stdout without it
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Columns separated by commas, or a preset: default, all, minimal, hr
    #[arg(long, value_name = "A,B|preset", default_value = "default")]
    pub columns: String,
    /// Add a column for each directory extension of the tenant
    #[arg(long)]
    pub extensions: bool,
    /// Write the profile pictures into this folder, and their file names into the column `photo`
    #[arg(long, value_name = "DIR")]
    pub photos: Option<PathBuf>,
    /// Only users this OData filter finds
    #[arg(long, value_name = "ODATA")]
    pub filter: Option<String>,
    /// Read everybody, also where a snapshot of the last days could be brought up to date
    #[arg(long)]
    pub full: bool,
    /// The format; without it, the one the file's name ends with
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub format: Option<ExportFormat>,
    /// Between the cells of a CSV: `,`, `;`, `tab` or `|`
    #[arg(long, value_name = "DELIMITER", value_parser = delimiter)]
    pub delimiter: Option<Delimiter>,
    /// A CSV file for programs, like the one on stdout: no byte order mark, LF, few quotes, no guard
    #[arg(long)]
    pub raw: bool,
    /// Which cells get an apostrophe so that no spreadsheet runs or converts them: `run`, `full` or `off`
    #[arg(long, value_name = "WHICH", value_parser = guard)]
    pub guard: Option<Guard>,
    /// Protect the key and read-only columns of a workbook, without a password; Excel then sorts and deletes no rows
    #[arg(long)]
    pub lock: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    Csv,
    Xlsx,
    Jsonl,
}

//! The whole road through the library, on the embedded directory: `cargo run --example library [FOLDER]`.
//!
//! Everybody is exported, two cells of the sheet are changed as a person or an HR system would, the sheet is checked, the plan is looked
//! at, applied, and taken back. For a tenant, `Settings::from_environment()` takes the place of `Settings::sandbox()`, and nothing else changes.

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;
use std::path::{Path, PathBuf};

use dirsheet::{
    ApplyOptions, Conflicts, Directory, Event, ExportOptions, PlanOptions, Settings, SheetOptions,
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from);
    walk(&folder.unwrap_or_else(|| std::env::temp_dir().join("dirsheet-library"))).await
}

/// The whole road; what it leaves is in this folder.
pub async fn walk(folder: &Path) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(folder)?;
    let (sheet, state) = (folder.join("users.csv"), folder.join("state"));

    let writable = dirsheet::attributes().filter(|attribute| attribute.is_writable());
    println!("{} attributes can be written.", writable.count());

    let settings = Settings::sandbox().state_dir(&state);
    let mut directory = Directory::connect(&settings).await?;
    for warning in directory.warnings() {
        println!("{warning}");
    }
    directory.on_event(|event| match event {
        Event::RunBegan { run, .. } => println!("{run} begins."),
        Event::Settled { row, user, done, .. } => println!("  row {row} {user}: {done}"),
        _ => {}
    });

    let columns = ExportOptions::default().columns("displayName,jobTitle,officeLocation");
    let exported = directory.export(&sheet, &columns).await?;
    println!(
        "{} users in {}, snapshot {}.",
        exported.users,
        sheet.display(),
        exported.snapshot
    );
    let edited = edit(&sheet)?;

    let checked = dirsheet::check(&settings, &sheet, &SheetOptions::default()).await?;
    for finding in &checked.findings {
        println!("{:?} {:?}: {}", finding.severity, finding.cell, finding.message);
    }

    // No other number of users may change, whatever is in the sheet.
    let options = PlanOptions::default().expect(edited);
    let plan = directory.plan(&sheet, &options).await?;
    for change in plan.changes() {
        println!(
            "row {} {} {}: {:?} -> {:?}",
            change.row, change.user_principal_name, change.column, change.before, change.after
        );
    }
    if let Some(obstacle) = plan.obstacle() {
        println!("It may not be applied: {obstacle:?}.");
        for guard in plan.guards().filter(|guard| !guard.passed) {
            println!("  {}: {} (`{}`)", guard.name, guard.message, guard.flag);
        }
    }

    let run = directory.apply(plan, ApplyOptions::default()).await?;
    println!("{:?}: {} cells are confirmed.", run.ended, run.confirmed);
    for row in run
        .rows
        .iter()
        .filter(|row| !row.changes.is_empty() || !row.error.is_empty())
    {
        println!("row {} {:?} {} {}", row.row, row.status, row.changes, row.error);
    }
    let undone = directory
        .undo(&run.id, Conflicts::Stop, ApplyOptions::default())
        .await?;
    if let Some(undone) = undone {
        println!("{:?}: {} was taken back by {}.", undone.ended, run.id, undone.id);
    }
    Ok(())
}

/// Gives two users of the sheet another office, and says how many these are. The first user of the practice directory is left alone:
/// it is an administrator, and a guard would refuse the plan.
fn edit(sheet: &Path) -> Result<u64, Box<dyn Error>> {
    let mut reader = csv::Reader::from_path(sheet)?;
    let header = reader.headers()?.clone();
    let office = header
        .iter()
        .position(|name| name == "officeLocation")
        .ok_or("no such column")?;
    let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>()?;
    let mut writer = csv::Writer::from_path(sheet)?;
    writer.write_record(&header)?;
    for (at, row) in rows.iter().enumerate() {
        let cells = row
            .iter()
            .enumerate()
            .map(|(column, cell)| match (at, column == office) {
                (1 | 2, true) => "Room 1.01",
                _ => cell,
            });
        writer.write_record(cells)?;
    }
    writer.flush()?;
    Ok(rows.len().saturating_sub(1).min(2) as u64)
}

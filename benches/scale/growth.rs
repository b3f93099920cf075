//! How time and memory grow with the directory: export, check, plan and apply of edits in a fifth of the rows.

use std::time::Duration;

use super::child::{Took, dirsheet, run, run_until};
use super::export::Stand;
use super::sheets;

/// Writes of a run that are waited for; the service takes so many at once.
const WRITES: u64 = 1_000;

/// Prints the part of the table about sizes.
pub fn table(sizes: &[usize]) {
    println!("### Growth: the whole road, a fifth of the users edited, no latency and no quota\n");
    println!(
        "| users | `export` | `check` | `plan` | `apply` to its {WRITES}th write |\n|---|---|---|---|---|"
    );
    for users in sizes {
        let [export, check, plan, apply] = road(*users);
        let each = |took: Took| {
            let micros = took.time.as_secs_f64() * 1e6 / *users as f64;
            format!("{micros:.0} µs a user, {}", took.memory())
        };
        println!(
            "| {users} | {} | {} | {} | {:.1} s, {} |",
            each(export),
            each(check),
            each(plan),
            apply.time.as_secs_f64(),
            apply.memory()
        );
    }
    println!("\nTime for each user of the directory, and the peak memory of the process.\n");
}

fn road(users: usize) -> [Took; 4] {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = folder.path();
    sheets::write(&root.join("directory.csv"), users, false);
    let stand = Stand::open(&root.join("directory.csv"), Duration::ZERO);
    let one = |words: &[&str]| run(&mut dirsheet(root, Some(&stand.sandbox), words));
    let export = one(&["export", "-o", "users.csv"]);
    sheets::edit(&root.join("users.csv"), &root.join("sheet.csv"));
    let check = one(&["check", "sheet.csv"]);
    let plan = one(&["plan", "sheet.csv", "-o", "plan.json", "--max-users", "100%"]);
    // After the first writes the service's budget is the limit, 20 a second; what there is to know of time and memory is known then.
    let apply = ["apply", "plan.json", "--yes", "--max-users", "100%"];
    let apply = run_until(&mut dirsheet(root, Some(&stand.sandbox), &apply), || {
        stand.sandbox.stats().writes_accepted >= WRITES
    });
    stand.close();
    [export, check, plan, apply]
}

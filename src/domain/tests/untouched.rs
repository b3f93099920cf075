//! Rows that came back as they left, and rows that only look like it.

use super::*;

#[test]
fn a_base_that_lacks_cells_makes_no_row_untouched() {
    let names = ["id", "userPrincipalName", "jobTitle"];
    let id = id(1).to_string();
    let edited = [id.as_str(), "ann@contoso.example", "Lead"];
    let columns = sheet(&names);
    let options = CheckOptions::default();
    let check = |base: Base| {
        let parsed = ParsedRow::read(raw(2, &edited), &columns);
        Checker::new(&columns, &options).check(parsed, base)
    };
    let short = check(base(&names, &edited[..2]));
    assert_eq!(short, checked(&names, &edited, base(&names, &edited[..2])));
    assert!(
        !short.cells().is_empty() || !short.findings().is_empty(),
        "{short:?}"
    );
    let whole = check(base(&names, &edited));
    assert!(whole.cells().is_empty() && whole.findings().is_empty());
}

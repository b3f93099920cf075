//! LibreOffice, found and driven.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::json;

use super::stand::finish;

/// A language and country, as LibreOffice names it and as its filter options number it.
#[derive(Debug, Clone, Copy)]
pub struct Locale {
    name: &'static str,
    number: u32,
}

impl Locale {
    pub const ENGLISH: Locale = Locale {
        name: "en-US",
        number: 1033,
    };
    pub const DUTCH: Locale = Locale {
        name: "nl-NL",
        number: 1043,
    };
    pub const GERMAN: Locale = Locale {
        name: "de-DE",
        number: 1031,
    };
    pub const FRENCH: Locale = Locale {
        name: "fr-FR",
        number: 1036,
    };
}

/// What a person answers in the dialog that asks how to read a text file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// The dialog as it comes up.
    Defaults,
    /// With "detect special numbers".
    SpecialNumbers,
    /// With "quoted field as text".
    QuotedAsText,
    /// A workbook: there is no dialog.
    Workbook,
}

impl Opening {
    pub fn name(self) -> &'static str {
        match self {
            Opening::Defaults => "defaults",
            Opening::SpecialNumbers => "special",
            Opening::QuotedAsText => "text",
            Opening::Workbook => "workbook",
        }
    }

    /// The dialog's answers as filter options: comma, semicolon and tab at once, UTF-8, no formulas.
    /// <https://help.libreoffice.org/latest/en-US/text/shared/guide/csv_params.html>
    pub fn import_options(self, locale: Locale) -> Option<String> {
        let (as_text, special) = match self {
            Opening::Defaults => (false, false),
            Opening::SpecialNumbers => (false, true),
            Opening::QuotedAsText => (true, false),
            Opening::Workbook => return None,
        };
        Some(format!(
            "44/59/9,34,76,1,,{},{as_text},{special},false,false,false,-1,false",
            locale.number
        ))
    }
}

/// What a person saves as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saving {
    Csv,
    /// Semicolons and the code page of Western Europe, as a Dutch or German office does it.
    AnsiCsv,
    /// UTF-16 with tabs.
    UnicodeText,
    Ods,
    Xlsx,
}

impl Saving {
    pub const ALL: [Saving; 5] = [
        Saving::Csv,
        Saving::AnsiCsv,
        Saving::UnicodeText,
        Saving::Ods,
        Saving::Xlsx,
    ];

    pub fn ending(self) -> &'static str {
        match self {
            Saving::Csv => "csv",
            Saving::AnsiCsv => "ansi.csv",
            Saving::UnicodeText => "txt",
            Saving::Ods => "ods",
            Saving::Xlsx => "xlsx",
        }
    }

    /// The filter's name, and for text files the separator, the quote, the character set, and "content as shown".
    fn filter(self) -> (&'static str, Option<&'static str>) {
        const TEXT: &str = "Text - txt - csv (StarCalc)";
        match self {
            Saving::Csv => (TEXT, Some("44,34,76,1,,0,false,true,true,false")),
            Saving::AnsiCsv => (TEXT, Some("59,34,ANSI,1,,0,false,true,true,false")),
            Saving::UnicodeText => (TEXT, Some("9,34,65535,1,,0,false,true,true,false")),
            Saving::Ods => ("calc8", None),
            Saving::Xlsx => ("Calc MS Excel 2007 XML", None),
        }
    }
}

/// One file opened, one cell typed into, copies saved.
pub struct Step {
    pub open: PathBuf,
    pub import: Option<String>,
    pub key: String,
    pub column: &'static str,
    pub text: &'static str,
    pub save: Vec<(PathBuf, Saving)>,
}

/// An installed LibreOffice and a Python that can talk to it.
pub struct Office {
    python: &'static str,
}

impl Office {
    /// `None`, said loudly, where it is not installed.
    pub fn find() -> Option<Office> {
        let works = |program: &str, arguments: &[&str]| {
            Command::new(program)
                .args(arguments)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .is_ok_and(|status| status.success())
        };
        let python = ["/usr/bin/python3", "python3"]
            .into_iter()
            .find(|python| works(python, &["-c", "import uno"]))
            .filter(|_| works("soffice", &["--version"]));
        if python.is_none() {
            assert!(
                std::env::var("DIRSHEET_LIBREOFFICE").as_deref() != Ok("required"),
                "DIRSHEET_LIBREOFFICE=required, but `soffice` or a Python with `uno` is missing"
            );
            // Written past the capture of the test harness, so that it is seen.
            let _said = std::io::stderr().write_all(
                b"\n!!!! SKIPPED: LibreOffice (`soffice`) or Python's `uno` is not installed. The round trip through it was NOT tested.\n",
            );
        }
        python.map(|python| Office { python })
    }

    /// Starts an office with a profile of its own, does the steps and ends it.
    pub fn run(&self, profile: &Path, locale: Locale, steps: &[Step]) {
        let job = json!({
            "profile": profile,
            "locale": locale.name,
            "steps": steps.iter().map(|step| json!({
                "open": step.open,
                "import": step.import,
                "type": [{ "key": step.key, "column": step.column, "text": step.text }],
                "save": step.save.iter().map(|(path, saving)| {
                    let (filter, options) = saving.filter();
                    json!({ "path": path, "filter": filter, "options": options })
                }).collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
        });
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/libreoffice/drive.py");
        let mut child = Command::new(self.python)
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(job.to_string().as_bytes()).unwrap();
        drop(stdin);
        let ran = finish(child, format!("LibreOffice in {}", locale.name)).must(0);
        assert_eq!(ran.stdout, "ready\ndone\n", "{}", ran.stderr);
    }
}

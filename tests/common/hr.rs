//! Files of HR systems, as the samples have them: read, edited as an HR system would, and written in the same form.

use std::path::{Path, PathBuf};

use encoding_rs::WINDOWS_1252;

/// What one HR system calls things.
#[derive(Debug, Clone, Copy)]
pub struct System {
    /// The folder below `samples/feeds`, and the feed's name.
    pub name: &'static str,
    /// The beginning and the end of the names of its files.
    pub file: (&'static str, &'static str),
    pub delimiter: u8,
    pub is_ansi: bool,
    /// Lines above the header.
    pub above: usize,
    /// Rows below the header that are nobody.
    pub labels: usize,
    pub key: &'static str,
    pub surname: &'static str,
    pub title: &'static str,
    pub department: &'static str,
    pub manager: &'static str,
    pub hired: &'static str,
    pub left: &'static str,
    pub mail: &'static str,
    /// How a date is written.
    pub date: &'static str,
    /// The numbers stand without their zeros.
    pub bare: bool,
}

const WORKDAY: System = System {
    name: "workday",
    file: ("workers-", ".csv"),
    delimiter: b',',
    is_ansi: false,
    above: 4,
    labels: 0,
    key: "Employee ID",
    surname: "Last Name",
    title: "Business Title",
    department: "Supervisory Organization",
    manager: "Manager ID",
    hired: "Hire Date",
    left: "Termination Date",
    mail: "Work Email",
    date: "%Y-%m-%d",
    bare: false,
};

/// The five of `samples/feeds`.
pub const SYSTEMS: [System; 5] = [
    WORKDAY,
    System {
        name: "successfactors",
        file: ("UserData_", ".csv"),
        above: 0,
        labels: 1,
        key: "USERID",
        surname: "LASTNAME",
        title: "TITLE",
        department: "DEPARTMENT",
        manager: "MANAGER",
        hired: "HIREDATE",
        left: "EXITDATE",
        mail: "EMAIL",
        date: "%m/%d/%Y",
        ..WORKDAY
    },
    System {
        name: "afas",
        file: ("medewerkers_", ".csv"),
        delimiter: b';',
        is_ansi: true,
        above: 0,
        key: "Medewerker",
        surname: "Achternaam",
        title: "Functie",
        department: "Afdeling",
        manager: "Leidinggevende",
        hired: "Datum in dienst",
        left: "Datum uit dienst",
        mail: "E-mail werk",
        date: "%d-%m-%Y",
        ..WORKDAY
    },
    System {
        name: "adp",
        file: ("Directory Feed ", ".csv"),
        above: 0,
        key: "File Number",
        surname: "Payroll Name",
        title: "Job Title Description",
        department: "Home Department Description",
        manager: "Reports To File Number",
        mail: "Work Contact: Work Email",
        date: "%-m/%-d/%Y",
        bare: true,
        ..WORKDAY
    },
    System {
        name: "bamboohr",
        file: ("employees-", ".csv"),
        above: 0,
        key: "Employee #",
        surname: "Last Name, First Name",
        title: "Job Title",
        department: "Department",
        manager: "Supervisor EID",
        ..WORKDAY
    },
];

impl System {
    pub fn named(name: &str) -> System {
        SYSTEMS.into_iter().find(|system| system.name == name).unwrap()
    }

    pub fn folder(&self) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("samples/feeds")
            .join(self.name)
    }

    /// The number as the directory holds it.
    pub fn number(&self, cell: &str) -> String {
        if self.bare {
            format!("{cell:0>6}")
        } else {
            cell.to_owned()
        }
    }

    /// The number as the file says it.
    pub fn cell(&self, number: &str) -> String {
        if self.bare {
            number.trim_start_matches('0').to_owned()
        } else {
            number.to_owned()
        }
    }

    pub fn day(&self, date: jiff::civil::Date) -> String {
        date.strftime(self.date).to_string()
    }

    /// Whether the cell is a day that is over.
    pub fn is_over(&self, cell: &str, today: jiff::civil::Date) -> bool {
        let form = self.date.replace("%-", "%");
        jiff::civil::Date::strptime(form, cell).is_ok_and(|date| date < today)
    }
}

/// A file: the lines above the header, the header and the rows.
#[derive(Debug, Clone)]
pub struct HrFile {
    pub system: System,
    above: Vec<String>,
    header: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl HrFile {
    /// The sample of a system.
    pub fn sample(system: System) -> HrFile {
        let folder = std::fs::read_dir(system.folder()).unwrap();
        let (begin, end) = system.file;
        let mut found = folder.map(|file| file.unwrap()).filter(|file| {
            let name = file.file_name().into_string().unwrap();
            name.starts_with(begin) && name.ends_with(end)
        });
        let bytes = std::fs::read(found.next().unwrap().path()).unwrap();
        let text = if system.is_ansi {
            WINDOWS_1252.decode(&bytes).0.into_owned()
        } else {
            String::from_utf8(bytes).unwrap()
        };
        let mut lines = text.split_inclusive('\n');
        let above: Vec<String> = lines.by_ref().take(system.above).map(str::to_owned).collect();
        let rest: String = lines.collect();
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(system.delimiter)
            .from_reader(rest.as_bytes());
        let texts = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect::<Vec<String>>();
        let header = texts(reader.headers().unwrap());
        let rows = reader.records().map(|record| texts(&record.unwrap())).collect();
        HrFile {
            system,
            above,
            header,
            rows,
        }
    }

    /// As the system writes it.
    pub fn bytes(&self) -> Vec<u8> {
        let mut writer = csv::WriterBuilder::new()
            .delimiter(self.system.delimiter)
            .terminator(csv::Terminator::CRLF)
            .from_writer(self.above.concat().into_bytes());
        writer.write_record(&self.header).unwrap();
        for row in &self.rows {
            writer.write_record(row).unwrap();
        }
        let bytes = writer.into_inner().unwrap();
        if self.system.is_ansi {
            let text = String::from_utf8(bytes).unwrap();
            WINDOWS_1252.encode(&text).0.into_owned()
        } else {
            bytes
        }
    }

    pub fn column(&self, name: &str) -> usize {
        let found = self.header.iter().position(|header| header == name);
        found.unwrap_or_else(|| panic!("{} has no column {name}", self.system.name))
    }

    pub fn cell(&self, row: usize, column: &str) -> &str {
        &self.rows[row][self.column(column)]
    }

    pub fn set(&mut self, row: usize, column: &str, text: &str) {
        let column = self.column(column);
        self.rows[row][column] = text.to_owned();
    }

    /// The rows that are people: their places and their numbers as the directory holds them.
    pub fn people(&self) -> Vec<(usize, String)> {
        let key = self.column(self.system.key);
        let rows = self.rows.iter().enumerate().skip(self.system.labels);
        rows.map(|(at, row)| (at, self.system.number(&row[key])))
            .collect()
    }

    /// What the department of a row says in the directory's words.
    pub fn department(&self, row: usize) -> &str {
        let cell = self.cell(row, self.system.department);
        cell.split('(').next().unwrap_or_default().trim()
    }

    /// A row of somebody new: that of another, with a number, a surname and a first day of its own.
    pub fn join(&mut self, like: usize, number: &str, surname: &str, first: jiff::civil::Date) -> usize {
        let system = self.system;
        self.rows.push(self.rows[like].clone());
        let row = self.rows.len() - 1;
        let cells = [
            (system.key, system.cell(number)),
            (system.hired, system.day(first)),
            (system.left, String::new()),
            (system.mail, String::new()),
        ];
        for (column, text) in cells {
            self.set(row, column, &text);
        }
        if system.name == "successfactors" {
            self.set(row, "EMPID", number);
        }
        self.rename(row, surname);
        row
    }

    /// Another surname, in every column that holds it.
    pub fn rename(&mut self, row: usize, surname: &str) {
        let column = self.system.surname;
        match self.system.name {
            // `Last, First`, in capitals at ADP.
            "adp" | "bamboohr" => {
                let whole = self.cell(row, column).to_owned();
                let given = whole.split_once(", ").unwrap().1;
                let surname = if self.system.bare {
                    surname.to_uppercase()
                } else {
                    surname.to_owned()
                };
                self.set(row, column, &format!("{surname}, {given}"));
            }
            "workday" => {
                self.set(row, column, surname);
                let whole = format!("{} {surname}", self.cell(row, "First Name"));
                self.set(row, "Worker", &whole);
            }
            _ => self.set(row, column, surname),
        }
        if self.system.name == "afas" {
            self.set(row, "Voorvoegsel", "");
        }
    }

    /// Every cell of a column empty.
    pub fn emptied(&self, column: &str) -> HrFile {
        let mut other = self.clone();
        for row in self.system.labels..self.rows.len() {
            other.set(row, column, "");
        }
        other
    }

    /// From this column on, every cell stands one place to the left; the header stays.
    pub fn shifted(&self, column: &str) -> HrFile {
        let mut other = self.clone();
        let at = self.column(column);
        for row in &mut other.rows[self.system.labels..] {
            let gone = row.remove(at);
            row.push(gone);
        }
        other
    }

    /// Every person twice.
    pub fn doubled(&self) -> HrFile {
        let mut other = self.clone();
        other.rows.extend_from_slice(&self.rows[self.system.labels..]);
        other
    }

    /// So many rows less.
    pub fn without_last(&self, rows: usize) -> HrFile {
        let mut other = self.clone();
        other.rows.truncate(self.rows.len() - rows);
        other
    }
}

/// A connection that broke: so many hundredths of the bytes, up to the middle of a cell.
pub fn cut(bytes: &[u8], percent: usize) -> Vec<u8> {
    bytes[..bytes.len() * percent / 100].to_vec()
}

//! What HR systems call their columns, in English, Dutch and German.
//!
//! From: Microsoft's attribute references for Workday and SAP SuccessFactors
//! (<https://learn.microsoft.com/entra/identity/app-provisioning/workday-attribute-reference>,
//! <https://learn.microsoft.com/entra/identity/app-provisioning/sap-successfactors-attribute-reference>), SAP's public note 2087504 on the
//! columns of the employee file, and BambooHR's list of fields (<https://documentation.bamboohr.com/docs/list-of-field-names>). The words of AFAS, ADP and German
//! systems were written from knowledge of their reports and not read off live ones. A wrong one makes a proposal wrong, which a person looks at, and
//! nothing else.

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    Key,
    GivenName,
    PreferredName,
    Prefix,
    Surname,
    FullName,
    /// The attribute of this name, as it stands.
    Plain(&'static str),
    /// A telephone number.
    Phone(&'static str),
    Mail,
    Country,
    FirstDay,
    LastDay,
    Manager,
    ManagerName,
    Status,
}

/// Headers without blanks and signs, in small letters, with blanks between them; the likeliest first.
pub(super) const HEADERS: &[(Holds, &str)] = &[
    (
        Holds::Key,
        "employeeid employee# employeenumber employeeno medewerkernummer personeelsnummer medewerker personalnummer mitarbeiternummer persnr associateid personidexternal userid empid workerid filenumber positionid employee personid",
    ),
    (
        Holds::GivenName,
        "legalfirstname firstname givenname voornaam vorname forename",
    ),
    (
        Holds::PreferredName,
        "preferredfirstname preferredname roepnaam rufname nickname knownas",
    ),
    (
        Holds::Prefix,
        "voorvoegsel voorvoegsels tussenvoegsel namenszusatz vorsatzwort",
    ),
    (
        Holds::Surname,
        "legallastname lastname surname familyname achternaam geboortenaam nachname familienname",
    ),
    (
        Holds::FullName,
        "fullname worker employeename displayname naam volledigenaam name legalname payrollname",
    ),
    (
        Holds::Plain("jobTitle"),
        "businesstitle jobtitle title functie functiebenaming position stelle funktion jobtitledescription jobprofile function",
    ),
    (
        Holds::Plain("department"),
        "department supervisoryorganization afdeling organisatorischeeenheid abteilung homedepartmentdescription orgunit organisationseinheit departmentname",
    ),
    (
        Holds::Plain("companyName"),
        "company companyname werkgever bedrijf firma legalentity companycode buchungskreis",
    ),
    (
        Holds::Plain("officeLocation"),
        "location locationdescription locatie vestiging standort worklocation office",
    ),
    (
        Holds::Plain("employeeOrgData.division"),
        "division divisie businessunit businessunitdescription geschaftsbereich bereich",
    ),
    (
        Holds::Plain("employeeOrgData.costCenter"),
        "costcenter costcentre kostenplaats kostenstelle homecostnumberdescription homecostnumber",
    ),
    (
        Holds::Plain("employeeType"),
        "workertype employeetype workercategory dienstverband soortmedewerker mitarbeitertyp employmenttype",
    ),
    (
        Holds::Plain("streetAddress"),
        "streetaddress addr1 address1 straat strasse straße",
    ),
    (Holds::Plain("city"), "city woonplaats plaats ort stadt"),
    (Holds::Plain("state"), "state provincie bundesland"),
    (
        Holds::Plain("postalCode"),
        "zip zipcode postalcode postcode plz postleitzahl",
    ),
    (
        Holds::Phone("businessPhones"),
        "workphone primaryworkphone bizphone businessphone telefoonwerk telefoonnrwerk telefoon telefon telefongeschaftlich workcontactworkphone phonework",
    ),
    (
        Holds::Phone("mobilePhone"),
        "mobilephone workmobile mobile cellphone mobielwerk mobiel mobil mobiltelefon handy workcontactworkmobile mobilework",
    ),
    (
        Holds::Mail,
        "workemail primaryworkemail emailprimarywork email emailaddress emailwerk mailwerk emailgeschaftlich workcontactworkemail emailwork businessemail",
    ),
    (
        Holds::Country,
        "country countrycode land landcode locationcountry addresscountry",
    ),
    (
        Holds::FirstDay,
        "hiredate startdate originalhiredate datumindienst indienstdatum eintrittsdatum eintritt begindatum",
    ),
    (
        Holds::LastDay,
        "terminationdate enddate lastdayofwork datumuitdienst uitdienstdatum austrittsdatum austritt einddatum exitdate",
    ),
    (
        Holds::Manager,
        "managerid manageremployeeid supervisorid supervisoreid reportstoassociateid manager leidinggevendenummer leidinggevende vorgesetzterpersonalnummer vorgesetzter managerpersonidexternal",
    ),
    (
        Holds::ManagerName,
        "managername supervisor reportsto reportingto reportstoname supervisorname",
    ),
    (
        Holds::Status,
        "status workerstatus activestatus employmentstatus positionstatus employeestatus medewerkerstatus beschaftigungsstatus",
    ),
];

/// A header without blanks and signs; umlauts lose their dots.
pub(super) fn plain(header: &str) -> String {
    let kept = header.chars().filter(|c| c.is_alphanumeric() || *c == '#');
    let lower = kept.flat_map(char::to_lowercase);
    lower
        .map(|c| match c {
            'ä' => 'a',
            'ö' => 'o',
            'ü' => 'u',
            other => other,
        })
        .collect()
}

/// Where a kind of column stands: the first word that some header is.
pub(super) fn find(columns: &[String], holds: Holds) -> Option<usize> {
    let words = HEADERS
        .iter()
        .find(|(own, _)| *own == holds)
        .map(|(_, words)| *words)?;
    words
        .split_whitespace()
        .find_map(|word| columns.iter().position(|column| plain(column) == word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_means_one_thing() {
        let mut words: Vec<&str> = HEADERS
            .iter()
            .flat_map(|(_, words)| words.split_whitespace())
            .collect();
        assert!(words.iter().all(|word| plain(word) == *word), "{words:?}");
        let count = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), count);
    }

    #[test]
    fn headers_are_found_in_any_spelling() {
        let columns = ["Employee #", "E-Mail (geschäftlich)", "Last  Name"].map(str::to_owned);
        assert_eq!(find(&columns, Holds::Key), Some(0));
        assert_eq!(find(&columns, Holds::Mail), Some(1));
        assert_eq!(find(&columns, Holds::Surname), Some(2));
        assert_eq!(find(&columns, Holds::Status), None);
    }
}

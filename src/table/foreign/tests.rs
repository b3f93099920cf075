//! Microsoft's own files, with the headers they really have.

use super::*;
use crate::domain::InvitationPart;
use crate::domain::Severity;
use crate::table::{Meaning, ReadOptions, Sheet, SheetError};

const CREATE: &str = "Name [displayName] Required,User name [userPrincipalName] Required,Initial password [passwordProfile] Required,Block sign in (Yes/No) [accountEnabled] Required,First name [givenName],Last name [surname],Job title [jobTitle],Department [department],Usage location [usageLocation],Street address [streetAddress],State or province [state],Country or region [country],Office [physicalDeliveryOfficeName],City [city],ZIP or postal code [postalCode],Office phone [telephoneNumber],Mobile phone [mobile]\r\n";
const INVITE: &str = "Email address to invite [inviteeEmail] Required,Redirection url [inviteRedirectURL] Required,Send invitation message (true or false) [sendEmail],Customized invitation message [customizedMessageBody]\r\n";
const DOWNLOAD: &str = "userPrincipalName,displayName,surname,mail,givenName,objectId,userType,jobTitle,department,accountEnabled,usageLocation,streetAddress,state,country,physicalDeliveryOfficeName,city,postalCode,telephoneNumber,mobile,authenticationAlternativePhoneNumber,authenticationEmail,alternateEmailAddress,ageGroup,consentProvidedForMinor,legalAgeGroupClassification\r\n";
const DOWNLOAD_2021: &str = "userPrincipalName,displayName,surname,mail,givenName,id,userType,jobTitle,department,accountEnabled,usageLocation,streetAddress,state,country,officeLocation,city,postalCode,telephoneNumber,mobilePhone,alternateEmailAddress,ageGroup,consentProvidedForMinor,legalAgeGroupClassification,companyName,creationType,directorySynced,invitationState,identityIssuer,createdDateTime\r\n";
const PREVIEW: &str = "User principal name,Display name,Object ID,Employee ID,Employee hire date,Employee org data,Extension attributes,Last interactive sign-in date,Password profile,Proxy addresses\r\n";
const ADMIN_TEMPLATE: &str = "Username,First name,Last name,Display name,Job title,Department,Office number,Office phone,Mobile phone,Fax,Alternate email address,Address,City,State or province,ZIP or postal code,Country or region\r\n";
const ADMIN_TEMPLATE_OLD: &str = "User Name,First Name,Last Name,Display Name,Job Title,Department,Office Number,Office Phone,Mobile Phone,Fax,Address,City,State or Province,ZIP or Postal Code,Country or Region\r\n";
const ADMIN_EXPORT: &str = "Block credential,City,Country/Region,Department,DirSyncEnabled,Display name,Fax,First name,Last dirsync time,Last name,Last password change time stamp,License assignment details,Licenses,Mobile Phone,Oath token meta data,Object Id,Office,Password never expires,Phone number,Postal code,Preferred data location,Preferred language,Proxy addresses,Release track,Soft deletion time stamp,State,Street address,Strong password required,Title,Usage location,User principal name,When created\r\n";
const POWERSHELL: &str = "\"AboutMe\",\"AccountEnabled\",\"Activities\",\"AgeGroup\",\"AssignedLicenses\",\"BusinessPhones\",\"City\",\"CompanyName\",\"Department\",\"DisplayName\",\"EmployeeOrgData\",\"GivenName\",\"Id\",\"Identities\",\"JobTitle\",\"Manager\",\"MemberOf\",\"OnPremisesExtensionAttributes\",\"PasswordProfile\",\"SignInActivity\",\"UserPrincipalName\",\"AdditionalProperties\"\r\n";
const CLI: &str = "displayName,givenName,jobTitle,mail,mobilePhone,officeLocation,preferredLanguage,surname,userPrincipalName,id\n";

fn open(text: &str) -> Result<Sheet, SheetError> {
    Sheet::from_bytes("users.csv", text.as_bytes().to_vec(), ReadOptions::default())
}

fn sheet(text: &str) -> Sheet {
    open(text).unwrap()
}

fn rules(sheet: &Sheet) -> Vec<&'static str> {
    sheet.findings().iter().map(|finding| finding.rule).collect()
}

#[test]
fn each_of_microsofts_files_is_known_and_nothing_in_it_is_an_error() {
    for (text, origin, expected) in [
        (
            format!("version:v1.0\r\n{CREATE}"),
            Origin::PortalCreate,
            &["password-column", "inverted-column"][..],
        ),
        (
            format!("version:v1.0,,,,,,,,,,,,,,,,\r\n{CREATE}"),
            Origin::PortalCreate,
            &["password-column", "inverted-column"],
        ),
        (
            CREATE.to_owned(),
            Origin::PortalCreate,
            &["password-column", "inverted-column"],
        ),
        (
            CREATE.replace(',', ";"),
            Origin::PortalCreate,
            &["password-column", "inverted-column"],
        ),
        (DOWNLOAD.to_owned(), Origin::PortalDownload, &["ignored-columns"]),
        (
            DOWNLOAD_2021.to_owned(),
            Origin::PortalDownload,
            &["ignored-columns"],
        ),
        (
            PREVIEW.to_owned(),
            Origin::PortalDownloadPreview,
            &["ignored-columns"],
        ),
        (ADMIN_TEMPLATE.to_owned(), Origin::AdminCenterTemplate, &[]),
        (ADMIN_TEMPLATE_OLD.to_owned(), Origin::AdminCenterTemplate, &[]),
        (
            format!("\u{feff}{ADMIN_EXPORT}"),
            Origin::AdminCenterExport,
            &["inverted-column", "ignored-columns"],
        ),
        (
            POWERSHELL.to_owned(),
            Origin::GraphPowerShell,
            &["ignored-columns"],
        ),
        (
            format!("#TYPE Microsoft.Graph.PowerShell.Models.MicrosoftGraphUser\r\n{POWERSHELL}"),
            Origin::GraphPowerShell,
            &["ignored-columns"],
        ),
        (CLI.to_owned(), Origin::CliForMicrosoft365, &[]),
    ] {
        let sheet = sheet(&text);
        assert_eq!(sheet.origin(), Some(origin), "{text}");
        assert_eq!(rules(&sheet), expected, "{text}");
        assert!(
            sheet.findings().iter().all(|f| f.severity == Severity::Warning),
            "{text}"
        );
        let unknown = sheet
            .header()
            .columns()
            .iter()
            .find(|c| c.meaning == Meaning::Unknown);
        assert_eq!(unknown, None, "{text}");
    }
}

#[test]
fn a_sheet_that_is_none_of_microsofts_files_has_no_origin() {
    for text in [
        "id,userPrincipalName,jobTitle,_snapshot\n",
        "id,userPrincipalName,telephoneNumber,alternateEmailAddress,_snapshot\n",
        "userPrincipalName,jobTitle,telephoneNumber\n",
        "User name [userPrincipalName] Required,Job title [jobTitle]\n",
        "id,legalAgeGroupClassification,consentProvidedForMinor,userPrincipalName\n",
        "id,accountEnabled\n1,true\n",
    ] {
        assert_eq!(sheet(text).origin(), None, "{text}");
    }
}

#[test]
fn an_order_for_another_job_is_refused_with_a_sentence() {
    for (text, says) in [
        (
            "version:v1.0\r\nUser name [userPrincipalName] Required\r\na@x.com\r\n".to_owned(),
            "deletes the users",
        ),
        (
            "UserPrincipalName or Object ID [UPN or objectId] Required\r\na@x.com\r\n".to_owned(),
            "deletes the users",
        ),
        (
            "Object ID [objectId] Required\r\n1\r\n".to_owned(),
            "restores the deleted users",
        ),
        (
            "version:v1.0\r\nObject ID [objectId] Required\r\n".to_owned(),
            "restores the deleted users",
        ),
        (
            "version:v1.0\r\nMember object ID or user principal name [memberObjectIdOrUpn] Required\r\n"
                .to_owned(),
            "who is in a group",
        ),
    ] {
        let error = open(&text).unwrap_err();
        let finding = &error.findings()[0];
        assert_eq!(finding.rule, "template-for-another-job", "{text}");
        assert!(finding.message.contains(says), "{}", finding.message);
    }
}

#[test]
fn the_create_template_is_read_turned_round_and_without_its_passwords_and_example() {
    let text = format!(
        "version:v1.0\r\n{CREATE}\
         Example: Chris Green,Example: chris@contoso.com,Example: myPassword1234,Example: No,,,,,,,,,,,,,\r\n\
         Anna,anna@x.com,Pa$$w0rd,Yes,,,,,,,,,,,,+31 20 1,+31 6 1\r\n\
         Ben,ben@x.com,Pa$$w0rd,no,,,,,,,,,,,,,\r\n\
         Cem,cem@x.com,Pa$$w0rd,perhaps,,,,,,,,,,,,,\r\n"
    );
    let sheet = sheet(&text);
    assert_eq!(
        rules(&sheet),
        [
            "password-column",
            "inverted-column",
            "example-row",
            "not-yes-or-no"
        ]
    );
    let header: Vec<&str> = sheet.header().attribute_columns().map(|(_, a)| a.name).collect();
    assert_eq!(
        header[..3],
        ["displayName", "userPrincipalName", "accountEnabled"]
    );
    let column = &sheet.header().columns()[3];
    assert!(column.inverted);
    assert_eq!(
        column.text, "accountEnabled",
        "a report that is fed back must not be turned round again"
    );
    let rows: Vec<_> = sheet.rows().map(Result::unwrap).collect();
    assert_eq!(rows.len() as u64, sheet.rows_max());
    let cells: Vec<(&str, &str, u64)> = rows
        .iter()
        .filter_map(|row| Some((row.cells.get(2)?, row.cells.get(3)?, row.row)))
        .collect();
    assert_eq!(cells, [("", "false", 4), ("", "true", 5), ("", "", 6)]);
    let finding = sheet.findings().last().unwrap();
    assert_eq!(finding.found.as_deref(), Some("perhaps"));
    assert_eq!(
        finding.column.as_deref(),
        Some("Block sign in (Yes/No) [accountEnabled] Required")
    );
    assert_eq!(
        finding.place.and_then(|place| place.cell_name()).as_deref(),
        Some("D6")
    );
}

#[test]
fn the_admin_centres_block_credential_is_turned_round() {
    let row = "True,Bellevue,United States,Retail,,Adele Vance,,Adele,,Vance,,E5,,,,1,,,,,,,,,,,,,,US,adele@x.com,2021-09-05 23:19:44Z\r\n";
    let sheet = sheet(&format!("{ADMIN_EXPORT}{row}{}", row.replace("True", "FALSE")));
    let enabled = sheet.header().index_of("accountEnabled").unwrap();
    let cells: Vec<String> = sheet
        .rows()
        .map(|row| row.unwrap().cells.to_vec()[enabled].clone())
        .collect();
    assert_eq!(cells, ["false", "true"]);
    for (header, name) in [
        (2, "country"),
        (28, "jobTitle"),
        (18, "businessPhones"),
        (16, "officeLocation"),
    ] {
        assert_eq!(sheet.header().index_of(name), Some(header), "{name}");
    }
    let ignored = sheet
        .findings()
        .iter()
        .find(|f| f.rule == "ignored-columns")
        .unwrap();
    assert!(
        ignored
            .message
            .contains("`License assignment details`, `Licenses`"),
        "{}",
        ignored.message
    );
}

#[test]
fn a_column_of_ones_own_in_a_file_of_microsofts_is_still_an_error() {
    let text = ADMIN_EXPORT.replace("City", "Shoe size");
    assert!(rules(&sheet(&text)).contains(&"unknown-column"));
}

#[test]
fn a_label_that_leaves_open_what_yes_means_is_an_error() {
    for (label, expected) in [
        ("Account enabled [accountEnabled]", &[][..]),
        ("[accountEnabled]", &[]),
        ("Block sign in (Yes/No) [accountEnabled]", &["inverted-column"]),
        ("Sign-in [accountEnabled]", &["unknown-column"]),
        ("Block sign-in", &["inverted-column"]),
        ("BlockCredential", &["inverted-column"]),
    ] {
        assert_eq!(rules(&sheet(&format!("id,{label}\n"))), expected, "{label}");
    }
    let both = sheet("id,accountEnabled,Block sign in\n1,true,Yes\n");
    assert_eq!(rules(&both), ["duplicate-column"]);
    assert!(!both.header().columns()[2].inverted);
}

#[test]
fn the_clis_ones_zeros_and_arrays_are_read_when_all_cells_are_written_so() {
    let text = "id,userPrincipalName,accountEnabled,otherMails\n1,a@x.com,1,\"[\"\"a@y.com\"\",\"\"b@y.com\"\"]\"\n2,b@x.com,0,\n";
    let cli = sheet(text);
    assert_eq!(cli.origin(), Some(Origin::CliForMicrosoft365));
    let rows: Vec<_> = cli
        .rows()
        .map(|row| row.unwrap().cells.to_vec()[2..].join("|"))
        .collect();
    assert_eq!(rows, ["true|a@y.com; b@y.com", "false|"]);

    let mixed = sheet(&format!("{text}3,c@x.com,true,\n"));
    assert_eq!(mixed.origin(), None);
    assert_eq!(mixed.rows().next().unwrap().unwrap().cells.to_vec()[2], "1");
}

#[test]
fn the_template_for_guests_is_a_sheet_whose_columns_say_an_invitation() {
    let sheet = open(&format!(
        "version:v1.0\r\n{}Example: a@b.c,Example: https://x.com,,\r\na@x.com,https://x.com,true,\r\n",
        INVITE
    ))
    .unwrap();
    assert_eq!(sheet.origin(), Some(Origin::PortalInvite));
    let meanings: Vec<Meaning> = sheet
        .header()
        .columns()
        .iter()
        .map(|column| column.meaning)
        .collect();
    assert_eq!(
        meanings,
        [
            Meaning::Invitation(InvitationPart::Address),
            Meaning::Invitation(InvitationPart::Redirect),
            Meaning::Invitation(InvitationPart::SendMail),
            Meaning::Invitation(InvitationPart::Message),
        ]
    );
    // By their bare names they mean the same.
    let bare = open(
        "inviteeEmail,inviteRedirectUrl,sendInvitationMessage,customizedMessageBody,city\na@x.com,,,,x\n",
    );
    let bare = bare.unwrap();
    let meant = bare.header().columns().iter().map(|column| column.meaning);
    assert_eq!(meant.take(4).collect::<Vec<_>>(), meanings);
}

#[test]
fn every_origin_has_a_name_of_its_own() {
    let all = [
        Origin::PortalCreate,
        Origin::PortalInvite,
        Origin::PortalDelete,
        Origin::PortalRestore,
        Origin::PortalGroupMembers,
        Origin::PortalDownload,
        Origin::PortalDownloadPreview,
        Origin::AdminCenterTemplate,
        Origin::AdminCenterExport,
        Origin::GraphPowerShell,
        Origin::CliForMicrosoft365,
    ];
    let mut names: Vec<&str> = all.iter().map(|origin| origin.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all.len());
    let place = Place::row(1, 1);
    assert_eq!(
        all.iter()
            .filter(|origin| origin.refusal(place).is_some())
            .count(),
        3
    );
}

#[test]
fn a_row_that_begins_as_an_example_is_nobody_and_a_row_that_names_somebody_is() {
    for (cells, is_one) in [
        (
            &[
                "Example: Chris Green",
                "chris@contoso.com",
                "myPassword1234",
                "No",
            ][..],
            true,
        ),
        (&["", "Beispiel: Chris Green", "chris@contoso.com"], true),
        (
            &["Example: cgreen@fabrikam.com", "https://myapps.microsoft.com"],
            true,
        ),
        (&["Chris Green", "chris@contoso.com", "Example: Lane 4"], false),
        (&["6ea91a8d-e32e-41a1-b7bd-d2d185eed0e0", "Example: Chris"], false),
        (&["Note: Chris", "chris@contoso.com"], false),
    ] {
        assert_eq!(super::is_example(cells.iter().copied()), is_one, "{cells:?}");
    }
}

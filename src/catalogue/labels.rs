//! What the portal calls the attributes in Dutch, German, French and Spanish, and other usual headers in these languages.
//!
//! Data only. A word that means two attributes is none: it stands in [`AMBIGUOUS`], and a person is asked which is meant.
//! The words were written from knowledge of the translated portal and not read off a live one; `docs/formats/sheet.md`
//! says so, and a wrong one can only make a header known or unknown, never change what an English or Graph name means.
//!
//! What could be held against a page of Microsoft's was, on 2026-11-30: the contact information of the Exchange admin center in all four
//! languages (<https://learn.microsoft.com/nl-nl/exchange/troubleshoot/administration/update-contact-information>, and `de-de`, `fr-fr`,
//! `es-es`). The template for new users has its English headers in every language, with the name in brackets
//! (<https://learn.microsoft.com/nl-nl/entra/identity/users/users-bulk-add>), so it needs no words here.

/// The languages of [`LABELS`], in its order, as ISO 639 codes.
pub const LABEL_LANGUAGES: [&str; 4] = ["nl", "de", "fr", "es"];

/// The label of an attribute on the profile page, in each of [`LABEL_LANGUAGES`].
pub const LABELS: &[(&str, [&str; 4])] = &[
    ("id", ["Object-id", "Objekt-ID", "ID d'objet", "Id. de objeto"]),
    (
        "userPrincipalName",
        [
            "User principal name",
            "Benutzerprinzipalname",
            "Nom d'utilisateur principal",
            "Nombre principal de usuario",
        ],
    ),
    (
        "displayName",
        [
            "Weergavenaam",
            "Anzeigename",
            "Nom complet",
            "Nombre para mostrar",
        ],
    ),
    ("givenName", ["Voornaam", "Vorname", "Prénom", "Nombre de pila"]),
    (
        "surname",
        ["Achternaam", "Nachname", "Nom de famille", "Apellidos"],
    ),
    (
        "userType",
        [
            "Gebruikerstype",
            "Benutzertyp",
            "Type d'utilisateur",
            "Tipo de usuario",
        ],
    ),
    (
        "preferredLanguage",
        [
            "Voorkeurstaal",
            "Bevorzugte Sprache",
            "Langue par défaut",
            "Idioma preferido",
        ],
    ),
    (
        "createdDateTime",
        [
            "Datum en tijd van maken",
            "Erstellungsdatum/-uhrzeit",
            "Date et heure de création",
            "Fecha y hora de creación",
        ],
    ),
    ("jobTitle", ["Functie", "Position", "Poste", "Puesto"]),
    ("department", ["Afdeling", "Abteilung", "Service", "Departamento"]),
    (
        "companyName",
        [
            "Bedrijfsnaam",
            "Firmenname",
            "Nom de la société",
            "Nombre de la compañía",
        ],
    ),
    (
        "officeLocation",
        [
            "Kantoorlocatie",
            "Bürostandort",
            "Emplacement du bureau",
            "Ubicación de la oficina",
        ],
    ),
    (
        "employeeId",
        [
            "Werknemer-id",
            "Mitarbeiter-ID",
            "ID d'employé",
            "Id. de empleado",
        ],
    ),
    (
        "employeeType",
        [
            "Type werknemer",
            "Mitarbeitertyp",
            "Type d'employé",
            "Tipo de empleado",
        ],
    ),
    (
        "employeeHireDate",
        [
            "Datum van indiensttreding",
            "Einstellungsdatum",
            "Date d'embauche",
            "Fecha de contratación",
        ],
    ),
    (
        "employeeOrgData.division",
        ["Divisie", "Geschäftsbereich", "Division", "División"],
    ),
    (
        "employeeOrgData.costCenter",
        [
            "Kostenplaats",
            "Kostenstelle",
            "Centre de coûts",
            "Centro de costo",
        ],
    ),
    (
        "manager",
        ["Manager", "Vorgesetzter", "Responsable", "Administrador"],
    ),
    (
        "mail",
        ["E-mail", "E-Mail-Adresse", "Adresse e-mail", "Correo electrónico"],
    ),
    (
        "mailNickname",
        [
            "E-mailbijnaam",
            "E-Mail-Kontoname",
            "Pseudonyme de messagerie",
            "Alias de correo",
        ],
    ),
    (
        "otherMails",
        [
            "Andere e-mailadressen",
            "Andere E-Mail-Adressen",
            "Autres adresses e-mail",
            "Otros correos electrónicos",
        ],
    ),
    (
        "businessPhones",
        [
            "Zakelijke telefoon",
            "Telefon (geschäftlich)",
            "Téléphone professionnel",
            "Teléfono del trabajo",
        ],
    ),
    (
        "mobilePhone",
        [
            "Mobiele telefoon",
            "Mobiltelefon",
            "Téléphone mobile",
            "Teléfono móvil",
        ],
    ),
    (
        "faxNumber",
        ["Faxnummer", "Faxnummer", "Numéro de télécopie", "Número de fax"],
    ),
    (
        "streetAddress",
        ["Adres", "Straße", "Adresse postale", "Dirección"],
    ),
    ("city", ["Plaats", "Ort", "Ville", "Ciudad"]),
    (
        "state",
        [
            "Staat of provincie",
            "Bundesland/Kanton",
            "État ou province",
            "Estado o provincia",
        ],
    ),
    (
        "postalCode",
        ["Postcode", "Postleitzahl", "Code postal", "Código postal"],
    ),
    (
        "country",
        ["Land of regio", "Land/Region", "Pays ou région", "País o región"],
    ),
    (
        "ageGroup",
        ["Leeftijdsgroep", "Altersgruppe", "Tranche d'âge", "Grupo de edad"],
    ),
    (
        "consentProvidedForMinor",
        [
            "Toestemming gegeven voor minderjarige",
            "Einwilligung für Minderjährige erteilt",
            "Consentement fourni pour mineur",
            "Consentimiento proporcionado para menor",
        ],
    ),
    (
        "accountEnabled",
        [
            "Account ingeschakeld",
            "Konto aktiviert",
            "Compte activé",
            "Cuenta habilitada",
        ],
    ),
    (
        "usageLocation",
        [
            "Gebruikslocatie",
            "Verwendungsstandort",
            "Lieu d'utilisation",
            "Ubicación de uso",
        ],
    ),
    (
        "onPremisesSyncEnabled",
        [
            "On-premises synchronisatie ingeschakeld",
            "Lokale Synchronisierung aktiviert",
            "Synchronisation locale activée",
            "Sincronización local habilitada",
        ],
    ),
];

/// Other usual headers in these languages.
pub const OTHER_LABELS: &[(&str, &[&str])] = &[
    ("id", &["Id de l'objet", "ID de objeto", "Object-ID"]),
    (
        "userPrincipalName",
        &[
            "Gebruikersnaam",
            "Benutzername",
            "Nom d'utilisateur",
            "Nombre de usuario",
            "Nom principal de l'utilisateur",
            "Nombre principal del usuario",
        ],
    ),
    ("displayName", &["Nom d'affichage", "Nom à afficher"]),
    ("surname", &["Familienname", "Apellido"]),
    (
        "jobTitle",
        &[
            "Functietitel",
            "Berufsbezeichnung",
            "Stellenbezeichnung",
            "Fonction",
            "Cargo",
        ],
    ),
    (
        "companyName",
        &[
            "Bedrijf",
            "Firma",
            "Unternehmen",
            "Société",
            "Entreprise",
            "Empresa",
            "Compañía",
        ],
    ),
    ("officeLocation", &["Kantoor", "Büro", "Oficina"]),
    (
        "employeeId",
        &[
            "Werknemers-id",
            "Personeelsnummer",
            "Personalnummer",
            "Matricule",
            "Número de empleado",
        ],
    ),
    ("employeeHireDate", &["Datum in dienst", "Eintrittsdatum"]),
    ("manager", &["Leidinggevende"]),
    ("mail", &["E-mailadres", "E-Mail", "Courriel"]),
    (
        "businessPhones",
        &[
            "Telefoon werk",
            "Telefoonnummer werk",
            "Bürotelefon",
            "Telefon (Arbeit)",
            "Téléphone (bureau)",
            "Teléfono de la oficina",
        ],
    ),
    (
        "mobilePhone",
        &[
            "Mobiel",
            "Mobiel nummer",
            "Mobilnummer",
            "Mobiltelefonnummer",
            "Handy",
            "Portable",
            "Numéro de portable",
            "Móvil",
            "Número de celular",
        ],
    ),
    ("faxNumber", &["Fax", "Télécopie"]),
    (
        "streetAddress",
        &["Straat", "Straatnaam", "Rue", "Calle", "Dirección postal"],
    ),
    ("city", &["Woonplaats", "Stad", "Stadt", "Población"]),
    (
        "state",
        &[
            "Staat/provincie",
            "Provincie",
            "Bundesland",
            "État/province",
            "Provincia",
        ],
    ),
    ("postalCode", &["PLZ"]),
    (
        "country",
        &["Land", "Land/regio", "Pays", "País", "Pays/région", "País/región"],
    ),
    (
        "usageLocation",
        &["Nutzungsstandort", "Emplacement d'utilisation"],
    ),
];

/// Headers that mean one attribute in one list or language and another elsewhere, with the attributes they may mean.
pub const AMBIGUOUS: &[(&str, &[&str])] = &[
    ("Name", &["displayName", "surname"]),
    ("Naam", &["displayName", "surname"]),
    ("Nom", &["surname", "displayName"]),
    ("Nombre", &["givenName", "displayName"]),
    ("Bureau", &["officeLocation", "department"]),
    ("Département", &["department", "state"]),
    ("Telefoon", &["businessPhones", "mobilePhone"]),
    ("Telefon", &["businessPhones", "mobilePhone"]),
    ("Téléphone", &["businessPhones", "mobilePhone"]),
    ("Teléfono", &["businessPhones", "mobilePhone"]),
    ("Phone", &["businessPhones", "mobilePhone"]),
    ("Direction", &["department", "streetAddress"]),
    ("Standort", &["officeLocation", "usageLocation"]),
    ("Ubicación", &["officeLocation", "usageLocation"]),
    ("Locatie", &["officeLocation", "usageLocation"]),
    ("Location", &["officeLocation", "usageLocation"]),
    ("Taal", &["preferredLanguage", "usageLocation"]),
    ("Estado", &["state", "accountEnabled"]),
    ("Titel", &["jobTitle", "displayName"]),
    ("Title", &["jobTitle", "displayName"]),
    ("Address", &["streetAddress", "mail"]),
    ("Adresse", &["streetAddress", "mail"]),
];

#[cfg(test)]
mod tests;

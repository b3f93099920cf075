//! What Active Directory calls an attribute that is synchronised from there.
//!
//! <https://learn.microsoft.com/entra/identity/hybrid/connect/reference-connect-sync-attributes-synchronized>. Where several
//! attributes of Active Directory make one (`country` is `c`, `co` and `countryCode`) or where the name is not certain,
//! there is none here: whoever changes it knows the directory better.

use super::Attribute;

const NAMES: [(&str, &str); 18] = [
    ("displayName", "displayName"),
    ("givenName", "givenName"),
    ("surname", "sn"),
    ("jobTitle", "title"),
    ("department", "department"),
    ("companyName", "company"),
    ("officeLocation", "physicalDeliveryOfficeName"),
    ("businessPhones", "telephoneNumber"),
    ("mobilePhone", "mobile"),
    ("faxNumber", "facsimileTelephoneNumber"),
    ("streetAddress", "streetAddress"),
    ("city", "l"),
    ("state", "st"),
    ("postalCode", "postalCode"),
    ("employeeId", "employeeID"),
    ("userPrincipalName", "userPrincipalName"),
    ("mail", "mail"),
    ("manager", "manager"),
];

/// The name in Active Directory, where it is certain.
pub fn active_directory_name(attribute: &Attribute) -> Option<&'static str> {
    if let Some((_, leaf)) = attribute.parent_and_leaf()
        && leaf.starts_with("extensionAttribute")
    {
        return Some(leaf);
    }
    let known = NAMES.iter().find(|(name, _)| *name == attribute.name)?;
    Some(known.1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::by_name;

    #[test]
    fn names_of_active_directory_belong_to_attributes_there_are() {
        for (name, directory) in NAMES {
            assert_eq!(active_directory_name(by_name(name).unwrap()), Some(directory));
        }
        let extension = by_name("onPremisesExtensionAttributes.extensionAttribute7").unwrap();
        assert_eq!(active_directory_name(extension), Some("extensionAttribute7"));
        assert_eq!(active_directory_name(by_name("country").unwrap()), None);
    }
}

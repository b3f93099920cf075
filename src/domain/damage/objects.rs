//! What scripts write where they meant the content of an object.

/// How the names of types and the forms of objects begin.
const BEGINNINGS: [&str; 8] = [
    "System.Collections.",
    "System.Management.Automation.",
    "System.Object",
    "System.String",
    "System.Byte[]",
    "Microsoft.Graph.PowerShell.Models.",
    "Microsoft.Open.AzureAD.Model.",
    "Microsoft.Online.Administration.",
];

/// Whether the text is the name of a type, or an object in a script's own notation: `System.String[]`, `@{Name=Anna}`.
pub(super) fn is_object(text: &str) -> bool {
    (BEGINNINGS.iter().any(|beginning| text.starts_with(beginning)) && !text.contains(' '))
        || (text.starts_with("@{") && text.ends_with('}'))
        || text == "[object Object]"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_types_are_no_values() {
        for text in [
            "System.String[]",
            "System.Object[]",
            "System.Collections.Generic.List`1[System.String]",
            "Microsoft.Graph.PowerShell.Models.MicrosoftGraphEmployeeOrgData",
            "@{Division=Kitchen; CostCenter=42}",
            "[object Object]",
        ] {
            assert!(is_object(text), "{text}");
        }
        for text in [
            "System administrator",
            "System.Integration lead",
            "Microsoft.Graph",
            "@home",
            "{a}",
            "System.Strings are us",
        ] {
            assert!(!is_object(text), "{text}");
        }
    }
}

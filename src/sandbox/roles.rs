//! Directory roles: who may do sensitive things to whom.

/// Roles that do not protect their holder from ordinary administrators.
const LIGHT: [&str; 6] = [
    "Directory Readers",
    "Guest Inviter",
    "Message Center Reader",
    "Password Administrator",
    "Reports Reader",
    "Usage Summary Reports Reader",
];
/// Roles whose holder a User Administrator may touch.
const MIDDLE: [&str; 3] = [
    "Groups Administrator",
    "Helpdesk Administrator",
    "User Administrator",
];

/// Whether an app with this directory role may do something sensitive to a holder of these roles. The highest role
/// of the target counts; a role that is not in the table (a custom one, say) protects like the highest.
pub fn may_touch(app_role: Option<&str>, target: &[String]) -> bool {
    target.iter().all(|role| match app_role {
        Some("Global Administrator" | "Privileged Authentication Administrator") => true,
        Some("User Administrator") => LIGHT.contains(&role.as_str()) || MIDDLE.contains(&role.as_str()),
        Some("Authentication Administrator") => {
            LIGHT.contains(&role.as_str()) || role == "Authentication Administrator"
        }
        _ => false,
    })
}

/// Whether an app with this role may set passwords at all.
pub fn may_reset_passwords(app_role: Option<&str>) -> bool {
    matches!(
        app_role,
        Some("User Administrator" | "Privileged Authentication Administrator" | "Global Administrator")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_sensitive_actions_holds() {
        let table = [
            ("Directory Readers", [false, true, true, true, true]),
            ("Authentication Administrator", [false, true, false, true, true]),
            ("Helpdesk Administrator", [false, false, true, true, true]),
            ("Global Administrator", [false, false, false, true, true]),
            ("A custom role", [false, false, false, true, true]),
        ];
        let callers = [
            None,
            Some("Authentication Administrator"),
            Some("User Administrator"),
            Some("Privileged Authentication Administrator"),
            Some("Global Administrator"),
        ];
        for (target, allowed) in table {
            for (caller, allowed) in callers.iter().zip(allowed) {
                assert_eq!(
                    may_touch(*caller, &[target.to_owned()]),
                    allowed,
                    "{caller:?} on {target}"
                );
            }
        }
        assert!(callers.iter().all(|caller| may_touch(*caller, &[])));
    }
}

//! The lines that put variables into a shell, as each shell writes them.

use clap::ValueEnum;

/// A shell that lines can be written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[expect(clippy::enum_variant_names, reason = "PowerShell is its name")]
pub enum Shell {
    /// sh, bash, zsh and the like
    Sh,
    /// PowerShell, of Windows or any other system
    #[value(name = "powershell", alias = "pwsh")]
    PowerShell,
    /// The command prompt of Windows
    Cmd,
}

impl Shell {
    /// The one that is usual on this system.
    pub fn usual() -> Shell {
        match cfg!(windows) {
            true => Shell::PowerShell,
            false => Shell::Sh,
        }
    }

    /// Sets a variable; the value stands for itself, whatever is in it.
    pub fn set(self, name: &str, value: &str) -> String {
        match self {
            Shell::Sh => format!("export {name}='{}'\n", value.replace('\'', r"'\''")),
            Shell::PowerShell => format!("$env:{name} = '{}'\n", value.replace('\'', "''")),
            Shell::Cmd => format!("set \"{name}={value}\"\n"),
        }
    }

    /// Takes a variable away, or does nothing where it is not set.
    pub fn unset(self, name: &str) -> String {
        match self {
            Shell::Sh => format!("unset {name}\n"),
            Shell::PowerShell => format!("$env:{name} = $null\n"),
            Shell::Cmd => format!("set \"{name}=\"\n"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_shell_has_its_own_lines() {
        for (shell, set, unset) in [
            (Shell::Sh, "export A='it'\\''s'\n", "unset A\n"),
            (Shell::PowerShell, "$env:A = 'it''s'\n", "$env:A = $null\n"),
            (Shell::Cmd, "set \"A=it's\"\n", "set \"A=\"\n"),
        ] {
            assert_eq!(
                (shell.set("A", "it's"), shell.unset("A")),
                (set.to_owned(), unset.to_owned())
            );
        }
    }
}

//! A limit, what it comes to in a directory of some size, and where it was set.

/// A limit and where it was set (`default`, `--max-users`, a file, a variable).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sourced<T> {
    pub value: T,
    pub origin: String,
}

impl<T> Sourced<T> {
    /// A value that nobody set.
    pub fn default_value(value: T) -> Sourced<T> {
        Sourced {
            value,
            origin: "default".to_owned(),
        }
    }
}

/// How many users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    Users(u64),
    /// A share of the directory, in percent.
    Percent(u64),
    /// The larger of the two: small directories need a floor.
    UsersOrPercent(u64, u64),
}

impl Limit {
    /// The number of users this allows in a directory of that size.
    pub fn users(self, users_total: u64) -> u64 {
        let share = |percent: u64| (users_total.saturating_mul(percent)) / 100;
        match self {
            Limit::Users(users) => users,
            Limit::Percent(percent) => share(percent),
            Limit::UsersOrPercent(users, percent) => users.max(share(percent)),
        }
    }

    /// `12` or `5%`.
    pub fn parse(text: &str) -> Result<Limit, String> {
        let number = |digits: &str| digits.trim().parse::<u64>().ok();
        match text.strip_suffix('%') {
            Some(percent) => number(percent)
                .filter(|percent| *percent <= 100)
                .map(Limit::Percent),
            None => number(text).map(Limit::Users),
        }
        .ok_or_else(|| {
            format!("`{text}` is not a limit; write a number of users like `200`, or a share like `5%`")
        })
    }

    /// `26 (the larger of 20 and 20% of 130)`
    pub(super) fn in_words(self, users_total: u64) -> String {
        let users = self.users(users_total);
        match self {
            Limit::Users(_) => users.to_string(),
            Limit::Percent(percent) => format!("{users} ({percent}% of {users_total})"),
            Limit::UsersOrPercent(floor, percent) => {
                format!("{users} (the larger of {floor} and {percent}% of {users_total})")
            }
        }
    }
}

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
        let share = text
            .strip_suffix('%')
            .and_then(|share| share.trim().parse::<f64>().ok());
        if share.is_some_and(|share| share.fract() != 0.0) {
            return Err(format!(
                "`{text}`: a share is a whole number of percent, like `5%`"
            ));
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_a_whole_percent() {
        assert_eq!(Limit::parse("20%"), Ok(Limit::Percent(20)));
        for text in ["20.5%", "0.1 %"] {
            let problem = Limit::parse(text).unwrap_err();
            assert!(problem.contains("whole number of percent"), "{problem}");
        }
        for text in ["101%", "%", "a%", "-1%", "NaN%"] {
            assert!(Limit::parse(text).is_err(), "{text}");
        }
    }
}

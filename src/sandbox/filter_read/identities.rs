//! `identities/any(c:c/issuerAssignedId eq 'x' and c/issuer eq 'y')`: both parts or nothing.
//! <https://learn.microsoft.com/graph/api/resources/user>

use super::{Filter, Reader, Refusal, Token, schema, unsupported};

impl Reader<'_> {
    pub(super) fn identity(&mut self) -> Result<Filter, Refusal> {
        self.expect(&Token::Open)?;
        let Some(Token::Word(variable)) = self.next().cloned() else {
            return self.error();
        };
        self.expect(&Token::Colon)?;
        let (mut issuer, mut assigned) = (None, None);
        loop {
            let Some(Token::Word(path)) = self.next().cloned() else {
                return self.error();
            };
            let part = path
                .strip_prefix(variable.as_str())
                .and_then(|rest| rest.strip_prefix('/'));
            let slot = match part {
                Some("issuer") => &mut issuer,
                Some("issuerAssignedId") => &mut assigned,
                _ => return Err(unsupported("identities")),
            };
            if self.next() != Some(&Token::Word("eq".to_owned())) {
                return Err(unsupported("identities"));
            }
            let Some(Token::Text(text)) = self.next().cloned() else {
                return self.error();
            };
            *slot = Some(text);
            match self.next() {
                Some(Token::Close) => break,
                Some(Token::Word(word)) if word == "and" => {}
                _ => return Err(unsupported("identities")),
            }
        }
        match (issuer, assigned, schema::slot("identities")) {
            (Some(issuer), Some(assigned), Some(slot)) => Ok(Filter::Identity {
                slot,
                issuer,
                assigned,
            }),
            _ => Err(unsupported("identities")),
        }
    }
}

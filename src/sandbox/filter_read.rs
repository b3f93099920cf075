//! Reads a `$filter` into its tree, and compares every place in it with what the property supports.

use super::{
    filter::{Compare, Filter, Test},
    filter_words::{Token, needs_advanced, syntax, tokens, unsupported},
    reply::Refusal,
    schema::{self, Kind, LeafKind, op},
};
use serde_json::Value;

/// Reads a filter; `advanced` says whether the request carries both parameters of an advanced query.
pub fn read(text: &str, advanced: bool) -> Result<Filter, Refusal> {
    let tokens = tokens(text).ok_or_else(|| syntax(text))?;
    let mut reader = Reader {
        text,
        tokens: &tokens,
        at: 0,
        advanced,
        depth: 0,
    };
    let filter = reader.either()?;
    if reader.at != tokens.len() {
        return Err(syntax(text));
    }
    Ok(filter)
}

mod identities;

struct Reader<'a> {
    text: &'a str,
    tokens: &'a [Token],
    at: usize,
    advanced: bool,
    depth: usize,
}

/// What a path in a filter leads to.
struct Path {
    name: String,
    slot: u8,
    leaf: Option<&'static str>,
    ops: u16,
    kind: Option<LeafKind>,
}

impl Reader<'_> {
    fn error<T>(&self) -> Result<T, Refusal> {
        Err(syntax(self.text))
    }

    fn next(&mut self) -> Option<&Token> {
        let token = self.tokens.get(self.at);
        self.at += 1;
        token
    }

    fn word(&self) -> Option<&str> {
        match self.tokens.get(self.at) {
            Some(Token::Word(word)) => Some(word),
            _ => None,
        }
    }

    fn expect(&mut self, token: &Token) -> Result<(), Refusal> {
        if self.next() == Some(token) {
            Ok(())
        } else {
            self.error()
        }
    }

    fn either(&mut self) -> Result<Filter, Refusal> {
        let mut left = self.both()?;
        while self.word() == Some("or") {
            self.at += 1;
            left = Filter::Or(Box::new(left), Box::new(self.both()?));
        }
        Ok(left)
    }

    fn both(&mut self) -> Result<Filter, Refusal> {
        let mut left = self.one()?;
        while self.word() == Some("and") {
            self.at += 1;
            left = Filter::And(Box::new(left), Box::new(self.one()?));
        }
        Ok(left)
    }

    fn one(&mut self) -> Result<Filter, Refusal> {
        self.depth += 1;
        if self.depth > 100 {
            return self.error();
        }
        let filter = match self.tokens.get(self.at) {
            Some(Token::Open) => {
                self.at += 1;
                let inner = self.either()?;
                self.expect(&Token::Close)?;
                inner
            }
            Some(Token::Word(word)) if word == "not" => {
                self.at += 1;
                if !self.advanced {
                    return Err(needs_advanced("not"));
                }
                let inner = self.one()?;
                if let Filter::Test(test) = &inner {
                    let property = schema::property(test.slot);
                    if property.is_some_and(|p| p.ops & op::NOT == 0) {
                        return Err(unsupported(property.map_or("", |p| p.name)));
                    }
                }
                Filter::Not(Box::new(inner))
            }
            Some(Token::Word(word)) if is_function(word) => {
                let function = word.to_ascii_lowercase();
                self.at += 1;
                self.function(&function, None)?
            }
            Some(Token::Word(_)) => self.comparison()?,
            _ => return self.error(),
        };
        self.depth -= 1;
        Ok(filter)
    }

    /// `startsWith(path,'text')`, or with the range variable of an `any`.
    fn function(&mut self, function: &str, any: Option<(&str, &Path)>) -> Result<Filter, Refusal> {
        self.expect(&Token::Open)?;
        let Some(Token::Word(name)) = self.next().cloned() else {
            return self.error();
        };
        self.expect(&Token::Comma)?;
        let Some(Token::Text(wanted)) = self.next().cloned() else {
            return self.error();
        };
        self.expect(&Token::Close)?;
        let found;
        let path = match any {
            Some((variable, path)) if variable == name => path,
            Some(_) => return self.error(),
            None => {
                found = self.path(&name)?;
                if schema::property(found.slot).is_some_and(schema::Property::is_list) {
                    return Err(unsupported(&found.name));
                }
                &found
            }
        };
        let (compare, needed) = if function == "startswith" {
            (Compare::Starts, op::STARTS)
        } else {
            (Compare::Ends, op::ENDS)
        };
        if path.ops & needed == 0 {
            return Err(unsupported(&path.name));
        }
        let starts_advanced = compare == Compare::Starts && path.ops & op::STARTS_ADVANCED != 0;
        if !self.advanced && (compare == Compare::Ends || starts_advanced || path.ops & op::ADVANCED != 0) {
            return Err(needs_advanced(if compare == Compare::Ends {
                "endsWith"
            } else {
                "startsWith"
            }));
        }
        Ok(Filter::Test(Test {
            slot: path.slot,
            leaf: path.leaf,
            compare,
            values: vec![Value::String(wanted)],
        }))
    }

    fn comparison(&mut self) -> Result<Filter, Refusal> {
        let Some(Token::Word(name)) = self.next().cloned() else {
            return self.error();
        };
        if let Some(list) = name.strip_suffix("/any") {
            return self.any(list);
        }
        if let Some(list) = name.strip_suffix("/$count") {
            return self.count(list);
        }
        let path = self.path(&name)?;
        if schema::property(path.slot).is_some_and(schema::Property::is_list) {
            return Err(unsupported(&path.name));
        }
        self.operator(&path)
    }

    fn any(&mut self, list: &str) -> Result<Filter, Refusal> {
        if list == "identities" {
            return self.identity();
        }
        let path = self.path(list)?;
        if !schema::property(path.slot).is_some_and(|p| p.kind == Kind::TextList) {
            return Err(unsupported(&path.name));
        }
        self.expect(&Token::Open)?;
        let Some(Token::Word(variable)) = self.next().cloned() else {
            return self.error();
        };
        self.expect(&Token::Colon)?;
        let filter = match self.word().map(str::to_owned) {
            Some(word) if is_function(&word) => {
                self.at += 1;
                self.function(&word.to_ascii_lowercase(), Some((&variable, &path)))?
            }
            Some(word) if word == variable => {
                self.at += 1;
                self.operator(&path)?
            }
            _ => return self.error(),
        };
        self.expect(&Token::Close)?;
        Ok(filter)
    }

    fn count(&mut self, list: &str) -> Result<Filter, Refusal> {
        let path = self.path(list)?;
        if path.ops & op::COUNT == 0 {
            return Err(unsupported(&path.name));
        }
        if !self.advanced {
            return Err(needs_advanced("$count"));
        }
        let empty = match self.word() {
            Some("eq") => true,
            Some("ne") => false,
            _ => return Err(unsupported(&path.name)),
        };
        self.at += 1;
        if self.word() != Some("0") {
            return Err(unsupported(&path.name));
        }
        self.at += 1;
        Ok(Filter::Test(Test {
            slot: path.slot,
            leaf: None,
            compare: Compare::Counts(empty),
            values: Vec::new(),
        }))
    }

    /// `eq 'x'`, `in ('x','y')` and their like, after the path.
    fn operator(&mut self, path: &Path) -> Result<Filter, Refusal> {
        let Some(Token::Word(operator)) = self.next().cloned() else {
            return self.error();
        };
        let (compare, needed) = match operator.as_str() {
            "eq" => (Compare::Equal, op::EQ),
            "ne" => (Compare::Unequal, op::NE),
            "ge" => (Compare::AtLeast, op::GE),
            "le" => (Compare::AtMost, op::LE),
            "in" => (Compare::OneOf, op::IN),
            "gt" | "lt" | "has" => return Err(unsupported(&path.name)),
            _ => return self.error(),
        };
        let mut values = Vec::new();
        if compare == Compare::OneOf {
            self.expect(&Token::Open)?;
            loop {
                values.push(self.literal(path)?);
                match self.next() {
                    Some(Token::Comma) => {}
                    Some(Token::Close) => break,
                    _ => return self.error(),
                }
            }
        } else {
            values.push(self.literal(path)?);
        }
        let null = values.iter().any(Value::is_null);
        let needed = if null && compare == Compare::Equal {
            op::NULL
        } else {
            needed
        };
        let no_null = null && (path.ops & op::NULL == 0 || compare == Compare::OneOf);
        if path.ops & needed == 0 || no_null {
            return Err(unsupported(&path.name));
        }
        if !self.advanced && (compare == Compare::Unequal || path.ops & op::ADVANCED != 0) {
            return Err(needs_advanced(&operator));
        }
        Ok(Filter::Test(Test {
            slot: path.slot,
            leaf: path.leaf,
            compare,
            values,
        }))
    }

    fn literal(&mut self, path: &Path) -> Result<Value, Refusal> {
        let token = self.next().cloned();
        let kind = path.kind;
        let value = match token {
            Some(Token::Text(text)) => Value::String(text),
            Some(Token::Word(word)) => match word.as_str() {
                "null" => return Ok(Value::Null),
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                date if kind == Some(LeafKind::Moment) => match date.parse::<jiff::Timestamp>() {
                    Ok(moment) => {
                        return Ok(Value::String(moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()));
                    }
                    Err(_) => return self.error(),
                },
                _ => return self.error(),
            },
            _ => return self.error(),
        };
        let fits = match kind {
            Some(LeafKind::Flag) => value.is_boolean(),
            Some(LeafKind::Moment) => false,
            _ => value.is_string(),
        };
        if fits {
            Ok(value)
        } else {
            Err(unsupported(&path.name))
        }
    }

    fn path(&self, name: &str) -> Result<Path, Refusal> {
        if let Some((slot, leaf)) = schema::leaf_of(name, '/') {
            let ops = schema::property(slot).map_or(0, |p| p.ops);
            return Ok(Path {
                name: name.to_owned(),
                slot,
                leaf: Some(leaf.name),
                ops,
                kind: Some(leaf.kind),
            });
        }
        let Some(slot) = schema::slot(name) else {
            return Err(Refusal::unreadable(format!(
                "Invalid filter clause: Could not find a property named '{name}' on type 'microsoft.graph.user'."
            )));
        };
        let property = schema::property(slot);
        let kind = property.and_then(|p| match p.kind {
            Kind::Flag => Some(LeafKind::Flag),
            Kind::Moment => Some(LeafKind::Moment),
            Kind::Text | Kind::TextList => Some(LeafKind::Text),
            _ => None,
        });
        let ops = property.map_or(0, |p| p.ops);
        if ops == 0 || (kind.is_none() && ops & op::COUNT == 0 && !name.starts_with("passwordProfile")) {
            return Err(unsupported(name));
        }
        Ok(Path {
            name: name.to_owned(),
            slot,
            leaf: None,
            ops,
            kind,
        })
    }
}

fn is_function(word: &str) -> bool {
    word.eq_ignore_ascii_case("startswith") || word.eq_ignore_ascii_case("endswith")
}

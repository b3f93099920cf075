//! Licences: what a cell means, and what the tenant has bought.
//!
//! A cell names products as the service does (`skuPartNumber`), several with `; ` between them: `ENTERPRISEPACK; EMS`. Service
//! plans that are switched off stand behind the product: `ENTERPRISEPACK(-TEAMS1 -SWAY)`. Ids may stand for names.
//! <https://learn.microsoft.com/graph/api/user-assignlicense>

use strsim::osa_distance;

use super::Value;

/// Longer texts are not compared with the names of products letter by letter.
const MEANT_MAX: usize = 64;

/// One product in a cell, by name or id, with the plans of it that are off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Licence {
    pub product: String,
    pub off: Vec<String>,
}

impl Licence {
    /// Reads `NAME` or `NAME(-PLAN -PLAN)`; `None` where it is neither.
    pub fn parse(text: &str) -> Option<Licence> {
        let text = text.trim();
        let (product, off) = match text.split_once('(') {
            None => (text, Vec::new()),
            Some((product, rest)) => {
                let inside = rest.strip_suffix(')')?;
                let off = inside.split([' ', ',']).filter(|word| !word.is_empty());
                let off: Option<Vec<String>> = off
                    .map(|word| word.strip_prefix('-').filter(|name| !name.is_empty()))
                    .map(|name| name.map(str::to_owned))
                    .collect();
                (product.trim(), off.filter(|off| !off.is_empty())?)
            }
        };
        let sound = !product.is_empty() && !product.contains([' ', ',', '(', ')']);
        sound.then(|| Licence {
            product: product.to_owned(),
            off,
        })
    }

    /// The text in a cell; plans in the order of their names.
    pub fn text(&self) -> String {
        if self.off.is_empty() {
            return self.product.clone();
        }
        let mut off: Vec<String> = self.off.iter().map(|plan| format!("-{plan}")).collect();
        off.sort();
        off.dedup();
        format!("{}({})", self.product, off.join(" "))
    }
}

/// The licences in a value; what cannot be read as one is left out.
pub fn licences_of(value: &Value) -> Vec<Licence> {
    match value {
        Value::List(items) => items.iter().filter_map(|item| Licence::parse(item)).collect(),
        Value::Text(text) => Licence::parse(text).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// A product the tenant has bought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// `skuId`
    pub id: String,
    /// `skuPartNumber`
    pub name: String,
    /// Seats that nobody has.
    pub free: u64,
    /// Ids and names of the service plans in it.
    pub plans: Vec<(String, String)>,
}

/// Everything the tenant has bought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Products(pub Vec<Product>);

impl Products {
    /// The product with this name or id.
    pub(super) fn find(&self, text: &str) -> Option<&Product> {
        let is = |known: &str| known.eq_ignore_ascii_case(text);
        self.0.iter().find(|one| is(&one.name) || is(&one.id))
    }

    /// The same value with names where they are known, as a cell shows it.
    pub fn named(&self, value: &Value) -> Value {
        let Value::List(_) = value else {
            return value.clone();
        };
        let licences = licences_of(value).into_iter();
        Value::list(licences.map(|licence| self.name(&licence).text()).collect())
    }

    pub(super) fn name(&self, licence: &Licence) -> Licence {
        let Some(product) = self.find(&licence.product) else {
            return licence.clone();
        };
        let name = |plan: &String| {
            product
                .plan(plan)
                .map_or_else(|| plan.clone(), |(_, name)| name.clone())
        };
        Licence {
            product: product.name.clone(),
            off: licence.off.iter().map(name).collect(),
        }
    }

    /// The same licence with ids, as a request wants it; what is not known must be an id already.
    pub fn with_ids(&self, licence: &Licence) -> Option<Licence> {
        let id = |text: &str| is_id(text).then(|| text.to_lowercase());
        let product = self.find(&licence.product);
        let plan = |text: &String| match product.and_then(|product| product.plan(text)) {
            Some((plan, _)) => Some(plan.clone()),
            None => id(text),
        };
        Some(Licence {
            product: product.map_or_else(|| id(&licence.product), |product| Some(product.id.clone()))?,
            off: licence.off.iter().map(plan).collect::<Option<_>>()?,
        })
    }

    /// The name that was probably meant.
    pub(super) fn nearest(&self, text: &str) -> Option<&str> {
        // The text of a cell may be a whole page.
        if text.len() > MEANT_MAX {
            return None;
        }
        let text = text.to_uppercase();
        let distance = |name: &str| osa_distance(&text, &name.to_uppercase());
        let nearest = self.0.iter().min_by_key(|one| distance(&one.name))?;
        (distance(&nearest.name) <= text.len() / 3).then_some(nearest.name.as_str())
    }
}

impl Product {
    pub(super) fn plan(&self, text: &str) -> Option<&(String, String)> {
        let is = |known: &str| known.eq_ignore_ascii_case(text);
        self.plans.iter().find(|(id, name)| is(id) || is(name))
    }
}

pub(super) fn is_id(text: &str) -> bool {
    uuid::Uuid::try_parse(text).is_ok()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub fn products() -> Products {
        Products(vec![Product {
            id: "6fd2c87f-b296-42f0-b197-1e91e994b900".to_owned(),
            name: "ENTERPRISEPACK".to_owned(),
            free: 12,
            plans: vec![(
                "57ff2da0-773e-42df-b2af-ffb7a2317929".to_owned(),
                "TEAMS1".to_owned(),
            )],
        }])
    }

    #[test]
    fn a_licence_is_a_product_and_the_plans_of_it_that_are_off() {
        for (text, back) in [
            ("EMS", Some("EMS")),
            (" EMS ( -B, -A ) ", Some("EMS(-A -B)")),
            ("EMS(-A -A)", Some("EMS(-A)")),
            ("EMS()", None),
            ("EMS(A)", None),
            ("EMS(-)", None),
            ("EMS(-A", None),
            ("Office 365 E3", None),
            ("", None),
        ] {
            let read = Licence::parse(text).map(|licence| licence.text());
            assert_eq!(read.as_deref(), back, "{text}");
        }
    }

    #[test]
    fn names_become_ids_and_ids_names_and_what_is_not_known_stays() {
        let products = products();
        let stranger = "00000000-0000-0000-0000-000000000001";
        let value = Value::List(vec![
            "6FD2C87F-b296-42f0-b197-1e91e994b900(-57ff2da0-773e-42df-b2af-ffb7a2317929)".to_owned(),
            stranger.to_owned(),
        ]);
        let named = products.named(&value);
        assert_eq!(named.to_cell(), format!("ENTERPRISEPACK(-TEAMS1); {stranger}"));
        let ids: Vec<String> = licences_of(&named)
            .iter()
            .map(|licence| products.with_ids(licence).unwrap().text())
            .collect();
        assert_eq!(ids.join("; "), value.to_cell().to_lowercase());
        assert_eq!(products.with_ids(&Licence::parse("NOTHING").unwrap()), None);
    }
}

//! Licences in a plan: what a cell asks for, what the service would refuse, and the seats that are needed.

use serde::{Deserialize, Serialize};

use super::edit::Edit;
use super::licences::is_id;
use super::{
    Change, CheckedRow, Directory, Extent, Finding, ForeseenReason, Licence, Plan, Product, Products,
    UserState, Value, licences_of, shorten,
};
use crate::catalogue::{Attribute, WriteRule};

/// What a cell asks for, in the names of the tenant.
///
/// # Errors
/// A product or a plan that the tenant does not have, or one that stands there twice.
pub(super) fn settled(value: &Value, directory: &Directory) -> Result<Value, Box<Finding>> {
    let texts = match value {
        Value::List(items) => items.clone(),
        Value::Text(text) => vec![text.clone()],
        _ => return Ok(value.clone()),
    };
    let problem = |rule, message: String, help: String, text: &str| {
        Box::new(Finding::error(rule, Extent::Cell, message, help).found(text))
    };
    let mut found: Vec<Licence> = Vec::new();
    for text in &texts {
        let shown = shorten(text);
        let licence = Licence::parse(text).ok_or_else(|| {
            problem(
                "not-a-license",
                format!("`{shown}` is not written as a licence"),
                "write the name of the product, and plans that are off behind it, like `ENTERPRISEPACK(-TEAMS1 -SWAY)`".to_owned(),
                text,
            )
        })?;
        let licence = match directory.products() {
            Some(products) => {
                check(products, &licence)
                    .map_err(|(message, help)| problem("unknown-license", message, help, text))?;
                products.name(&licence)
            }
            None if is_id(&licence.product) && licence.off.iter().all(|plan| is_id(plan)) => licence,
            None => {
                return Err(problem(
                    "unknown-license",
                    format!(
                        "the products of the tenant could not be read, so it is not known what `{shown}` means"
                    ),
                    "grant LicenseAssignment.Read.All or Organization.Read.All, or write the skuId"
                        .to_owned(),
                    text,
                ));
            }
        };
        let same = |known: &Licence| known.product.eq_ignore_ascii_case(&licence.product);
        if let Some(first) = found.iter().find(|known| same(known)) {
            if *first == licence {
                continue;
            }
            return Err(problem(
                "license-twice",
                format!(
                    "`{}` stands in the cell twice, with different plans",
                    shorten(&licence.product)
                ),
                "keep one of the two".to_owned(),
                text,
            ));
        }
        found.push(licence);
    }
    Ok(Value::list(found.iter().map(Licence::text).collect()))
}

/// What is wrong with a licence, and what to do.
fn check(products: &Products, licence: &Licence) -> Result<(), (String, String)> {
    let Some(product) = products.find(&licence.product) else {
        if is_id(&licence.product) && licence.off.iter().all(|plan| is_id(plan)) {
            return Ok(());
        }
        let help = match products.nearest(&licence.product) {
            Some(name) => format!("`{name}` is probably meant"),
            None => {
                let names: Vec<&str> = products.0.iter().map(|one| one.name.as_str()).take(12).collect();
                format!("write one of: {}", names.join(", "))
            }
        };
        return Err((
            format!("the tenant has no product `{}`", shorten(&licence.product)),
            help,
        ));
    };
    match licence
        .off
        .iter()
        .find(|plan| product.plan(plan).is_none() && !is_id(plan))
    {
        None => Ok(()),
        Some(plan) => {
            let names: Vec<&str> = product
                .plans
                .iter()
                .map(|(_, name)| name.as_str())
                .take(40)
                .collect();
            Err((
                format!("`{}` has no service plan `{}`", product.name, shorten(plan)),
                format!("it has: {}", names.join(", ")),
            ))
        }
    }
}

fn is_licences(attribute: &Attribute) -> bool {
    attribute.write == WriteRule::Licences
}

/// The licences that the user does not have before and has after, with other plans included.
fn added(change: &Change) -> Vec<Licence> {
    let before = licences_of(&change.before);
    let after = licences_of(&change.after).into_iter();
    after.filter(|licence| !before.contains(licence)).collect()
}

/// A licence or a plan by an id that the tenant does not have, where it is known what the tenant has. What the user has already may be
/// of a subscription that is over, and is kept as it is.
pub(super) fn unknown_product(change: &Change, directory: &Directory) -> Option<Finding> {
    if !is_licences(change.attribute) {
        return None;
    }
    let products = directory.products()?;
    let before = licences_of(&change.before);
    added(change).into_iter().find_map(|licence| {
        let had = before
            .iter()
            .find(|known| known.product.eq_ignore_ascii_case(&licence.product));
        let Some(product) = products.find(&licence.product) else {
            return had.is_none().then(|| {
                let names: Vec<&str> = products.0.iter().map(|one| one.name.as_str()).take(12).collect();
                unknown(
                    format!(
                        "the tenant has no product with the skuId `{}`",
                        shorten(&licence.product)
                    ),
                    format!("write one of: {}", names.join(", ")),
                )
            });
        };
        let is_new = |plan: &&String| had.is_none_or(|had| !had.off.contains(*plan));
        let plan = licence
            .off
            .iter()
            .filter(is_new)
            .find(|plan| product.plan(plan).is_none())?;
        let names: Vec<&str> = product
            .plans
            .iter()
            .map(|(_, name)| name.as_str())
            .take(40)
            .collect();
        Some(unknown(
            format!(
                "`{}` has no service plan with the id `{}`",
                product.name,
                shorten(plan)
            ),
            format!("it has: {}", names.join(", ")),
        ))
    })
}

fn unknown(message: String, help: String) -> Finding {
    Finding::error("unknown-license", Extent::Cell, message, help)
}

/// A licence for somebody of whom nobody says where they are: the service refuses it.
pub(super) fn without_location(
    change: &Change,
    row: &CheckedRow,
    user: &UserState,
    directory: &Directory,
) -> Option<Finding> {
    if !is_licences(change.attribute) || added(change).is_empty() {
        return None;
    }
    let is_set = row
        .cells()
        .iter()
        .any(|cell| cell.attribute.name == "usageLocation" && matches!(cell.edit, Edit::Set(_)));
    let has = is_set
        || directory.is_unread(user, "usageLocation")
        || !directory.value(user, "usageLocation").is_empty();
    (!has).then(|| {
        Finding::error(
            "license-without-usage-location",
            Extent::Cell,
            format!(
                "`{}` has no usageLocation, and gets no licence without one",
                shorten(&user.upn)
            ),
            "set usageLocation in the same row, like `NL`; it is written first",
        )
    })
}

/// Why a change of licences would be refused: what comes through a group is taken away, or changed, only there.
pub(super) fn from_group(change: &Change, user: &UserState, directory: &Directory) -> Option<ForeseenReason> {
    if !is_licences(change.attribute) {
        return None;
    }
    let states = directory.value(user, "licenseAssignmentStates").to_cell();
    let states: Vec<State> = serde_json::from_str(&states).unwrap_or_default();
    let after = licences_of(&change.after);
    let lost = licences_of(&change.before)
        .into_iter()
        .filter(|licence| !after.contains(licence));
    let mut lost = lost.map(|licence| match directory.products() {
        Some(products) => products.with_ids(&licence).unwrap_or(licence),
        None => licence,
    });
    lost.any(|licence| {
        let is_it = |state: &State| state.sku_id.eq_ignore_ascii_case(&licence.product);
        states
            .iter()
            .any(|state| is_it(state) && state.assigned_by_group.is_some())
    })
    .then_some(ForeseenReason::LicenseFromGroup)
}

/// How one licence came to a user.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct State {
    sku_id: String,
    #[serde(default)]
    assigned_by_group: Option<String>,
}

/// The seats of a product that a plan gives to people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seats {
    pub product: String,
    /// Seats that nobody had when the plan was made.
    pub free: u64,
}

/// The products that a plan gives to anybody, with their free seats as far as they are known.
pub(super) fn seats(plan: &Plan, directory: &Directory) -> Vec<Seats> {
    let products = directory.products().map_or(&[][..], |products| &products.0);
    let wanted = |product: &&Product| plan.wanted_seats(&product.name) > 0;
    let known = products.iter().filter(wanted);
    known
        .map(|product| Seats {
            product: product.name.clone(),
            free: product.free,
        })
        .collect()
}

impl Plan {
    /// The products the plan gives to people, with their free seats.
    pub fn seats(&self) -> &[Seats] {
        &self.seats
    }

    /// How many people get a product that they do not have.
    pub fn wanted_seats(&self, product: &str) -> u64 {
        let has = |value: &Value| {
            licences_of(value)
                .iter()
                .any(|licence| licence.product == product)
        };
        let gains = |change: &Change| !has(&change.before) && has(&change.after);
        self.changes()
            .filter(|(_, change)| is_licences(change.attribute) && gains(change))
            .count() as u64
    }

    /// How many people would have other licences.
    pub fn licences_changed(&self) -> u64 {
        let changes = self.changes();
        changes
            .filter(|(_, change)| is_licences(change.attribute))
            .count() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::licences::tests::products;

    #[test]
    fn a_misspelt_product_is_told_with_the_one_that_is_meant() {
        let told = |text: &str| check(&products(), &Licence::parse(text).unwrap());
        assert!(told("enterprisepack").is_ok());
        assert!(told("00000000-0000-0000-0000-000000000001").is_ok());
        assert!(told("ENTERPRISPACK").unwrap_err().1.contains("probably meant"));
        assert!(
            told("VISIO")
                .unwrap_err()
                .1
                .contains("write one of: ENTERPRISEPACK")
        );
        assert!(told("ENTERPRISEPACK(-TEAMS)").unwrap_err().1.contains("TEAMS1"));
    }
}

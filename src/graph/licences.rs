//! Licences on the wire: ids in requests and answers, names everywhere else.
//!
//! <https://learn.microsoft.com/graph/api/user-assignlicense>, <https://learn.microsoft.com/graph/api/subscribedsku-list>

use std::sync::Arc;

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::call_error::CallError;
use super::encode::Encoded;
use super::harmless::{beginning, harmless};
use super::limits::Cost;
use super::reader::DirectoryReader;
use super::service::{Request, Response};
use super::session::Session;
use crate::catalogue::WriteRule;
use crate::domain::{
    Action, Change, Columns, Licence, Operation, Product, Products, UserState, Value, licences_of,
};

/// What the service counts for the list of products.
/// <https://learn.microsoft.com/graph/throttling-limits#identity-and-access-service-limits>
const PRODUCTS_COST: u32 = 3;

/// The value of `assignedLicenses` with ids; `None` when it is not of the documented form.
pub(super) fn ids_in(items: &[Json]) -> Option<Value> {
    let licence = |item: &Json| {
        let off = item.get("disabledPlans").and_then(Json::as_array);
        let off = off
            .into_iter()
            .flatten()
            .map(|plan| plan.as_str().map(str::to_lowercase));
        let licence = Licence {
            product: item.get("skuId")?.as_str()?.to_lowercase(),
            off: off.collect::<Option<_>>()?,
        };
        Some(licence.text())
    };
    let texts: Option<Vec<String>> = items.iter().map(licence).collect();
    texts.map(Value::list)
}

impl DirectoryReader {
    /// What the tenant has bought; read once for a session. `None` when the application may not read it.
    ///
    /// # Errors
    /// [`CallError`], after all attempts.
    pub async fn products(&self) -> Result<Option<Arc<Products>>, CallError> {
        let read = || async {
            let url = self.session.address("/subscribedSkus")?;
            let read = |response: &Response| {
                let list: List =
                    serde_json::from_slice(&response.body).map_err(|_| beginning(&response.body))?;
                Ok(Products(list.value.into_iter().map(Product::from).collect()))
            };
            match self
                .get(&Request::get(url), Cost::of_read(PRODUCTS_COST), read)
                .await
            {
                Ok(products) => Ok(Some(Arc::new(products))),
                // Whatever keeps the names from being read, ids are shown in their place.
                Err(CallError::Graph { error, .. }) if matches!(error.status, 400 | 403 | 404) => Ok(None),
                Err(error) => Err(error),
            }
        };
        self.session.products.get_or_try_init(read).await.cloned()
    }

    /// Puts names in the place of ids, in the columns that hold licences.
    pub(super) async fn name_licences(
        &self,
        users: &mut [&mut UserState],
        columns: &Columns,
    ) -> Result<(), CallError> {
        let places: Vec<usize> = columns
            .iter()
            .enumerate()
            .filter(|(_, attribute)| attribute.write == WriteRule::Licences)
            .map(|(place, _)| place)
            .collect();
        if places.is_empty() {
            return Ok(());
        }
        let Some(products) = self.products().await? else {
            return Ok(());
        };
        for user in users {
            for place in &places {
                if let Some(value) = user.values.get_mut(*place) {
                    *value = products.named(value);
                }
            }
        }
        Ok(())
    }
}

/// The request of an operation that changes licences; `None` for any other.
pub(super) fn request(session: &Session, operation: &Operation) -> Option<Result<Encoded, String>> {
    match &operation.action {
        Action::Resource { change } if change.attribute.write == WriteRule::Licences => {
            let products = session.products.get().cloned().flatten().unwrap_or_default();
            Some(assign(operation, change, &products))
        }
        _ => None,
    }
}

/// Everything in one request, because the service refuses two that meet. What stays as it is is not named.
fn assign(operation: &Operation, change: &Change, products: &Products) -> Result<Encoded, String> {
    let ids = |value: &Value| {
        let licences = licences_of(value);
        licences
            .iter()
            .map(|licence| {
                let known = products.with_ids(licence);
                known.ok_or_else(|| format!("the tenant has no product `{}` any more", licence.text()))
            })
            .collect::<Result<Vec<Licence>, String>>()
    };
    let (before, after) = (ids(&change.before)?, ids(&change.after)?);
    let added: Vec<Json> = after
        .iter()
        .filter(|licence| !before.contains(licence))
        .map(|licence| json!({ "skuId": licence.product, "disabledPlans": licence.off }))
        .collect();
    let removed: Vec<&str> = before
        .iter()
        .filter(|licence| after.iter().all(|kept| kept.product != licence.product))
        .map(|licence| licence.product.as_str())
        .collect();
    if added.is_empty() && removed.is_empty() {
        return Err("the operation changes nothing".to_owned());
    }
    Ok(Encoded {
        method: Method::POST,
        path: format!("/users/{}/assignLicense", operation.user),
        body: Some(json!({ "addLicenses": added, "removeLicenses": removed })),
    })
}

#[derive(Deserialize)]
struct List {
    value: Vec<Wire>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    sku_id: String,
    sku_part_number: String,
    #[serde(default)]
    consumed_units: u64,
    prepaid_units: Option<Units>,
    #[serde(default)]
    service_plans: Vec<Plan>,
}

/// Seats in their last days of grace can still be given.
#[derive(Deserialize)]
struct Units {
    #[serde(default)]
    enabled: u64,
    #[serde(default)]
    warning: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Plan {
    service_plan_id: String,
    service_plan_name: String,
}

impl From<Wire> for Product {
    fn from(wire: Wire) -> Product {
        let all = wire
            .prepaid_units
            .map_or(0, |units| units.enabled.saturating_add(units.warning));
        let text = |text: &str| harmless(text, 200);
        Product {
            id: text(&wire.sku_id).to_lowercase(),
            name: text(&wire.sku_part_number),
            free: all.saturating_sub(wire.consumed_units),
            plans: wire
                .service_plans
                .iter()
                .map(|plan| {
                    (
                        text(&plan.service_plan_id).to_lowercase(),
                        text(&plan.service_plan_name),
                    )
                })
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue;
    use crate::domain::{OperationNumber, UserId};

    const E3: &str = "6fd2c87f-b296-42f0-b197-1e91e994b900";
    const TEAMS: &str = "57ff2da0-773e-42df-b2af-ffb7a2317929";

    fn products() -> Products {
        let product = |id: &str, name: &str| Product {
            id: id.to_owned(),
            name: name.to_owned(),
            free: 1,
            plans: vec![(TEAMS.to_owned(), "TEAMS1".to_owned())],
        };
        Products(vec![product(E3, "E3"), product(TEAMS, "TEAMS")])
    }

    fn list(items: &[&str]) -> Value {
        Value::list(items.iter().map(|item| (*item).to_owned()).collect())
    }

    fn body(before: &[&str], after: &[&str]) -> Result<Json, String> {
        let change = Change {
            attribute: catalogue::by_name("assignedLicenses").unwrap(),
            before: list(before),
            after: list(after),
        };
        let operation = Operation {
            number: OperationNumber(0),
            user: UserId::from_bytes([1; 16]),
            upn: String::new(),
            row: 2,
            action: Action::Resource {
                change: change.clone(),
            },
        };
        assign(&operation, &change, &products()).map(|encoded| encoded.body.unwrap())
    }

    #[test]
    fn one_request_gives_and_takes_and_names_only_what_changes() {
        assert_eq!(
            body(&["TEAMS"], &["TEAMS", "E3(-TEAMS1)"]).unwrap(),
            json!({"addLicenses": [{"skuId": E3, "disabledPlans": [TEAMS]}], "removeLicenses": []})
        );
        // Other plans of a licence that stays: it is given again, and not taken.
        assert_eq!(
            body(&["TEAMS", "E3(-TEAMS1)"], &["E3"]).unwrap(),
            json!({"addLicenses": [{"skuId": E3, "disabledPlans": []}], "removeLicenses": [TEAMS]})
        );
        assert!(body(&[], &["VISIO"]).unwrap_err().contains("VISIO"));
        assert!(body(&["E3"], &["e3"]).is_err());
    }

    #[test]
    fn what_was_read_is_put_in_order() {
        let items = json!([{"skuId": E3.to_uppercase(), "disabledPlans": [TEAMS, E3]}]);
        let value = ids_in(items.as_array().unwrap()).unwrap();
        assert_eq!(value.to_cell(), format!("{E3}(-{TEAMS} -{E3})"));
        assert_eq!(ids_in(&[]), Some(Value::Empty));
        assert_eq!(ids_in(&[json!("x")]), None);
    }
}

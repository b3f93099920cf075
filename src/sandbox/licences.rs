//! What the tenant has bought: the products and their seats, as `GET /subscribedSkus` lists them.
//!
//! <https://learn.microsoft.com/graph/api/subscribedsku-list>. The ids and names of the products are Microsoft's public ones:
//! <https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference>. The seats are invented.

use super::{
    directory::{Directory, at},
    reply::{Refusal, Reply},
    select::Caller,
};
use serde_json::{Value, json};

/// A product of the tenant.
pub struct Product {
    pub id: &'static str,
    pub name: &'static str,
    pub seats: usize,
    /// Ids and names of the service plans in it.
    pub plans: &'static [(&'static str, &'static str)],
}

/// Everything the tenant has bought.
pub const PRODUCTS: [Product; 4] = [
    Product {
        id: "6fd2c87f-b296-42f0-b197-1e91e994b900",
        name: "ENTERPRISEPACK",
        seats: 500,
        plans: &[
            ("57ff2da0-773e-42df-b2af-ffb7a2317929", "TEAMS1"),
            ("efb87545-963c-4e0d-99df-69c6916d9eb0", "EXCHANGE_S_ENTERPRISE"),
            ("5dbe027f-2339-4123-9542-606e4d348a72", "SHAREPOINTENTERPRISE"),
            ("a23b959c-7ce8-4e57-9140-b90eb88a9e97", "SWAY"),
        ],
    },
    Product {
        id: "efccb6f7-5641-4e0e-bd10-b4976e1bf68e",
        name: "EMS",
        seats: 50,
        plans: &[
            ("41781fb2-bc02-4b7c-bd55-b576c07bb09d", "AAD_PREMIUM"),
            ("c1ec4a95-1f05-45b3-a911-aa3fa01094f5", "INTUNE_A"),
        ],
    },
    Product {
        id: "06ebc4ee-1bb5-47dd-8120-11324bc54e06",
        name: "SPE_E5",
        seats: 3,
        plans: &[("57ff2da0-773e-42df-b2af-ffb7a2317929", "TEAMS1")],
    },
    Product {
        id: "f30db892-07e9-47e9-837c-80727f46fd3d",
        name: "FLOW_FREE",
        seats: 10_000,
        plans: &[("50e68c76-46c6-4674-81f9-75456511b170", "FLOW_P2_VIRAL")],
    },
];

/// The product with this id.
pub fn product(id: &str) -> Option<&'static Product> {
    PRODUCTS.iter().find(|one| one.id.eq_ignore_ascii_case(id))
}

/// How many users have a product.
pub fn used(directory: &Directory, product: &Product) -> usize {
    let places = 0..u32::try_from(directory.len()).unwrap_or(u32::MAX);
    places
        .filter(|place| {
            let held = directory.record(*place).raw(*at::LICENCES);
            held.is_some_and(|held| held.contains(product.id))
        })
        .count()
}

/// The answer to `GET /subscribedSkus`.
pub fn list(directory: &Directory, base: &str, caller: &Caller) -> Result<Reply, Refusal> {
    let readers = [
        "LicenseAssignment.Read.All",
        "LicenseAssignment.ReadWrite.All",
        "Organization.Read.All",
        "Organization.ReadWrite.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    ];
    if !caller.has_one(&readers) {
        return Err(Refusal::denied());
    }
    let products: Vec<Value> = PRODUCTS
        .iter()
        .map(|product| {
            let plans = product.plans.iter().map(|(id, name)| {
                json!({"servicePlanId": id, "servicePlanName": name, "provisioningStatus": "Success", "appliesTo": "User"})
            });
            json!({
                "id": format!("{}_{}", directory.tenant.tenant_id, product.id),
                "skuId": product.id,
                "skuPartNumber": product.name,
                "appliesTo": "User",
                "capabilityStatus": "Enabled",
                "consumedUnits": used(directory, product),
                "prepaidUnits": {"enabled": product.seats, "suspended": 0, "warning": 0, "lockedOut": 0},
                "servicePlans": plans.collect::<Vec<_>>(),
            })
        })
        .collect();
    Ok(Reply::json(
        json!({"@odata.context": format!("{base}/v1.0/$metadata#subscribedSkus"), "value": products})
            .to_string(),
    ))
}

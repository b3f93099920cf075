//! Licences and roles have several names: what two cells call differently may be the same thing.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::appointing::is_roles;
use super::roles::id_of_name;
use super::{Products, RoleBook, Value, licences_of};
use crate::catalogue::{Attribute, WriteRule};

/// What is known of the names of licences and roles. Without the tenant's own, roles of Microsoft's table are known all the same;
/// a licence is then only the same by the same name or id.
#[derive(Debug, Clone, Default)]
pub struct Spellings {
    pub products: Option<Arc<Products>>,
    pub roles: Option<Arc<RoleBook>>,
}

impl Spellings {
    /// Whether two values name the same licences or roles: by name or id, in any order and any case. Of anything else no.
    pub(super) fn are_alike(&self, attribute: &Attribute, left: &Value, right: &Value) -> bool {
        let key: fn(&Spellings, &Value) -> BTreeSet<String> = match attribute.write {
            WriteRule::Licences => Spellings::licences,
            _ if is_roles(attribute) => Spellings::roles,
            _ => return false,
        };
        key(self, left) == key(self, right)
    }

    fn licences(&self, value: &Value) -> BTreeSet<String> {
        let texts = texts(value).into_iter();
        let one = |text: String| {
            // What is no licence is told apart by its text.
            let Some(licence) = licences_of(&Value::Text(text.clone())).pop() else {
                return text.to_lowercase();
            };
            let named = match &self.products {
                Some(products) => products.name(&licence),
                None => licence,
            };
            // The plans are put in order only in one case.
            let mut lower = named;
            lower.product = lower.product.to_lowercase();
            lower.off.iter_mut().for_each(|plan| *plan = plan.to_lowercase());
            lower.text()
        };
        texts.map(one).collect()
    }

    fn roles(&self, value: &Value) -> BTreeSet<String> {
        let id = |text: String| {
            let known = self.roles.as_ref().and_then(|book| book.find(&text));
            match known {
                Some(role) => role.id.to_lowercase(),
                None => id_of_name(&text).map_or_else(|| text.trim().to_lowercase(), str::to_owned),
            }
        };
        texts(value).into_iter().map(id).collect()
    }
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::List(items) => items.clone(),
        Value::Text(text) if !text.is_empty() => vec![text.clone()],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::RoleDefinition;
    use super::super::licences::tests::products;
    use super::*;
    use crate::catalogue;

    fn list(items: &[&str]) -> Value {
        Value::list(items.iter().map(|item| (*item).to_owned()).collect())
    }

    fn alike(names: &Spellings, column: &str, left: &[&str], right: &[&str]) -> bool {
        names.are_alike(catalogue::by_name(column).unwrap(), &list(left), &list(right))
    }

    #[test]
    fn licences_are_the_same_by_name_and_id_where_the_tenant_is_known() {
        const ID: &str = "6fd2c87f-b296-42f0-b197-1e91e994b900(-57ff2da0-773e-42df-b2af-ffb7a2317929)";
        let column = "assignedLicenses";
        let known = Spellings {
            products: Some(Arc::new(products())),
            roles: None,
        };
        let blind = Spellings::default();
        assert!(alike(&known, column, &["ENTERPRISEPACK(-TEAMS1)"], &[ID]));
        assert!(!alike(&known, column, &["ENTERPRISEPACK"], &[ID]));
        assert!(!alike(&blind, column, &["ENTERPRISEPACK(-TEAMS1)"], &[ID]));
        for names in [&known, &blind] {
            assert!(alike(names, column, &["EMS", "A(-y -X)"], &["a(-x -Y)", "ems"]));
            assert!(!alike(names, column, &["EMS"], &["EMS", "A"]));
            assert!(!alike(names, column, &["EMS"], &[]));
        }
    }

    #[test]
    fn roles_are_the_same_by_name_and_template_also_where_nobody_can_be_asked() {
        const READER: &str = "4a5d8f65-41da-4de4-8968-e035b65339cf";
        let column = "directoryRoles";
        let own = RoleDefinition {
            id: "00000000-0000-0000-0000-00000000000A".to_owned(),
            template: String::new(),
            name: "Door keepers".to_owned(),
            is_privileged: false,
        };
        let book = RoleBook {
            roles: vec![own.clone()],
            ..RoleBook::default()
        };
        let known = Spellings {
            products: None,
            roles: Some(Arc::new(book)),
        };
        let blind = Spellings::default();
        for names in [&known, &blind] {
            assert!(alike(
                names,
                column,
                &["Reports Reader"],
                &[&READER.to_uppercase()]
            ));
            assert!(!alike(names, column, &["Reports Reader"], &["Directory Readers"]));
            assert!(alike(names, column, &["B", "a"], &["A", "b"]));
        }
        assert!(alike(&known, column, &["door Keepers"], &[&own.id]));
        assert!(!alike(&blind, column, &["door Keepers"], &[&own.id]));
    }

    #[test]
    fn other_lists_have_one_spelling() {
        assert!(!alike(&Spellings::default(), "skills", &["A"], &["a"]));
    }
}

use super::Attribute;

pub(super) const ATTRIBUTES: &[Attribute] = &[];

//! The room `state`.

//! The room `terminal`.

//! Colour, where it is wanted. Every text is complete without it.

/// Whether to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Paint {
    on: bool,
}

impl Paint {
    pub fn new(on: bool) -> Paint {
        Paint { on }
    }

    pub fn is_on(self) -> bool {
        self.on
    }

    fn wrap(self, code: &str, text: &str) -> String {
        if self.on && !text.is_empty() {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }

    pub fn bold(self, text: &str) -> String {
        self.wrap("1", text)
    }

    pub fn dim(self, text: &str) -> String {
        self.wrap("2", text)
    }

    pub fn bad(self, text: &str) -> String {
        self.wrap("1;31", text)
    }

    pub fn warn(self, text: &str) -> String {
        self.wrap("33", text)
    }

    pub fn good(self, text: &str) -> String {
        self.wrap("32", text)
    }

    /// The part of a value that goes.
    pub fn gone(self, text: &str) -> String {
        self.wrap("4;31", text)
    }

    /// The part of a value that comes.
    pub fn new_here(self, text: &str) -> String {
        self.wrap("4;32", text)
    }
}

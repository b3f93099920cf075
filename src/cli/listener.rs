//! Who hears what a command does where there is no terminal: the program that uses the library.

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::connect::Context;
use super::warning::Warning;
use crate::domain::RunId;
use crate::engine::{Event, Reporter};
use crate::terminal::Progress;

/// What is heard.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    /// Something of the engine.
    Event(Event),
    /// A run is written down, and nothing of it was sent. Whatever becomes of the program, the run is known by this id.
    RunBegan(RunId),
    /// Something is said beside the result.
    Warned(Warning),
}

/// A program's ear. It is called from tasks of the engine, and may keep them waiting.
#[derive(Clone)]
pub struct Listener {
    hear: Arc<dyn Fn(Heard) + Send + Sync>,
    /// What the function panicked with.
    panicked: Arc<OnceLock<String>>,
}

impl Listener {
    /// Calls this function with whatever happens.
    pub fn new(hear: impl Fn(Heard) + Send + Sync + 'static) -> Listener {
        Listener {
            hear: Arc::new(hear),
            panicked: Arc::default(),
        }
    }

    /// Tells it. A function that has panicked is not called again: what is under way goes on, and its call tells of it.
    pub fn hear(&self, heard: Heard) {
        if self.panicked.get().is_some() {
            return;
        }
        // Nothing of ours is shared with it; what it shares with itself it may find as the panic left it.
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| (self.hear)(heard))) {
            // Two at once: the first is told.
            let _told = self.panicked.set(words(&*payload));
        }
    }

    /// What the function panicked with, if it did.
    pub fn panicked(&self) -> Option<&str> {
        self.panicked.get().map(String::as_str)
    }
}

/// The message of a panic, as far as it has one.
fn words(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| payload.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "without a message".to_owned())
}

/// What whoever listens puts away for whoever called.
pub struct Slot<T>(Arc<Mutex<Option<T>>>);

impl<T> Slot<T> {
    /// Puts something in the place of what is there, or nothing.
    pub fn put(&self, one: Option<T>) {
        let _before = self.replaced(one);
    }

    /// Takes out what is there.
    pub fn take(&self) -> Option<T> {
        self.replaced(None)
    }

    /// Whether nothing is there.
    pub fn is_empty(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_none()
    }

    fn replaced(&self, one: Option<T>) -> Option<T> {
        std::mem::replace(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner), one)
    }
}

impl<T> Default for Slot<T> {
    fn default() -> Slot<T> {
        Slot(Arc::default())
    }
}

impl<T> Clone for Slot<T> {
    fn clone(&self) -> Slot<T> {
        Slot(Arc::clone(&self.0))
    }
}

impl Context {
    /// Starts whoever hears of events, and gives the engine's end of the channel.
    pub fn progress(&self) -> (Progress, Reporter) {
        match self.listener.clone() {
            Some(listener) => Progress::told_to(move |event| listener.hear(Heard::Event(event))),
            None => Progress::start(self.output.progress(), self.output.paint_error().is_on()),
        }
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Listener")
    }
}

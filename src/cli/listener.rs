//! Who hears what a command does where there is no terminal: the program that uses the library.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::connect::Context;
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
}

/// A program's ear. It is called from tasks of the engine, and may keep them waiting.
#[derive(Clone)]
pub struct Listener(Arc<dyn Fn(Heard) + Send + Sync>);

impl Listener {
    /// Calls this function with whatever happens.
    pub fn new(hear: impl Fn(Heard) + Send + Sync + 'static) -> Listener {
        Listener(Arc::new(hear))
    }

    /// Tells it.
    pub fn hear(&self, heard: Heard) {
        (self.0)(heard);
    }
}

/// The run that the last apply began.
#[derive(Clone, Default)]
pub struct Began(Arc<Mutex<Option<RunId>>>);

impl Began {
    /// Notes which it is, or that there is none.
    pub fn put(&self, run: Option<RunId>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = run;
    }

    /// Which it is.
    pub fn run(&self) -> Option<RunId> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
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

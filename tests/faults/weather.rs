//! The table of what goes wrong.

/// What a fault leaves in doubt, and so how many writes may land a second time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// Nothing: the answer says that nothing was done, or all of it was, and the client was told.
    None,
    /// One write each time.
    One,
    /// A whole batch each time.
    Batch,
}

impl Doubt {
    /// How many writes may land again after the fault happened so often.
    pub fn repeats(self, happened: u64) -> u64 {
        match self {
            Doubt::None => 0,
            Doubt::One => happened,
            Doubt::Batch => 20 * happened,
        }
    }
}

/// Which requests are counted until the fault begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// Batches that write.
    Batches,
    /// Single writes inside of them.
    Writes,
}

/// One kind of weather.
#[derive(Debug, Clone, Copy)]
pub struct Weather {
    /// Its faults; `{n}` stands for how many requests pass first.
    pub faults: &'static str,
    pub counted: Counted,
    pub doubt: Doubt,
    /// Writes that were answered as done and never stored: the rows must say so, and applying the sheet again mends it.
    pub loses: bool,
    /// It stays like this until the deadline, and only `resume` in good weather can end the run.
    pub lasts: bool,
    /// Met by small runs only; a run of two hundred rows tells nothing more.
    pub small: bool,
}

const fn batch(faults: &'static str, doubt: Doubt) -> Weather {
    Weather {
        faults,
        counted: Counted::Batches,
        doubt,
        loses: false,
        lasts: false,
        small: true,
    }
}

const fn item(faults: &'static str, doubt: Doubt) -> Weather {
    Weather {
        counted: Counted::Writes,
        ..batch(faults, doubt)
    }
}

const fn lasting(weather: Weather) -> Weather {
    Weather {
        lasts: true,
        ..weather
    }
}

const fn big(weather: Weather) -> Weather {
    Weather {
        small: false,
        ..weather
    }
}

/// Everything that can go wrong with a write.
pub const WEATHERS: [Weather; 54] = [
    // Throttled as a whole, in every form in which the service says when to come again.
    big(batch("429:1,on=write-batch,times=1,after={n}", Doubt::None)),
    batch("429-bare,on=write-batch,times=1,after={n}", Doubt::None),
    batch("429-ms:200,on=write-batch,times=1,after={n}", Doubt::None),
    batch("429-date:1,on=write-batch,times=1,after={n}", Doubt::None),
    batch("429:1,on=write-batch,share=0.5,times=4,after={n}", Doubt::None),
    // Throttled inside.
    item("429:1,on=write,times=1,after={n}", Doubt::None),
    item("429-bare,on=write,times=1,after={n}", Doubt::None),
    item("429-ms:200,on=write,times=1,after={n}", Doubt::None),
    item("429-date:1,on=write,times=1,after={n}", Doubt::None),
    big(item("429:1,on=write,share=0.3,times=30,after={n}", Doubt::None)),
    // Errors instead of the work.
    batch("500,on=write-batch,times=1,after={n}", Doubt::None),
    batch("502,on=write-batch,times=1,after={n}", Doubt::None),
    batch("503,on=write-batch,times=1,after={n}", Doubt::None),
    batch("503-html,on=write-batch,times=1,after={n}", Doubt::None),
    batch("504,on=write-batch,times=1,after={n}", Doubt::None),
    batch("504-empty,on=write-batch,times=1,after={n}", Doubt::None),
    batch("html,on=write-batch,times=1,after={n}", Doubt::None),
    item("500,on=write,times=1,after={n}", Doubt::None),
    item("502,on=write,times=1,after={n}", Doubt::None),
    item("503,on=write,times=1,after={n}", Doubt::None),
    item("504,on=write,times=1,after={n}", Doubt::None),
    item("504-empty,on=write,times=1,after={n}", Doubt::None),
    item("409,on=write,times=1,after={n}", Doubt::None),
    item("409,on=write,share=0.3,times=20,after={n}", Doubt::None),
    big(item("503,on=write,share=0.3,times=40,after={n}", Doubt::None)),
    // Errors after the work.
    big(batch("500-after,on=write-batch,times=1,after={n}", Doubt::Batch)),
    batch("503-after,on=write-batch,times=1,after={n}", Doubt::Batch),
    batch("504-after,on=write-batch,times=1,after={n}", Doubt::Batch),
    item("500-after,on=write,times=1,after={n}", Doubt::One),
    item("503-after,on=write,times=1,after={n}", Doubt::One),
    item("504-after,on=write,share=0.3,times=20,after={n}", Doubt::One),
    // Connections and bodies.
    batch("drop-before,on=write-batch,times=1,after={n}", Doubt::None),
    big(batch("drop-after,on=write-batch,times=1,after={n}", Doubt::Batch)),
    batch(
        "drop-before,on=write-batch,times=1,after={n}; drop-after,on=write-batch,times=1,after={n}",
        Doubt::Batch,
    ),
    big(batch("truncated,on=write-batch,times=1,after={n}", Doubt::Batch)),
    batch("slow-body:700,on=write-batch,times=1,after={n}", Doubt::None),
    // Answers that do not fit the question.
    batch("missing,on=write-batch,times=1,after={n}", Doubt::One),
    batch("missing-before,on=write-batch,times=1,after={n}", Doubt::None),
    big(item("missing,on=write,share=0.3,times=20,after={n}", Doubt::One)),
    batch("twice,on=write-batch,times=1,after={n}", Doubt::One),
    item("twice,on=write,share=0.3,times=20,after={n}", Doubt::One),
    // Sign-in.
    big(batch(
        "expire-token-after:0,on=write-batch,after={n}",
        Doubt::None,
    )),
    big(batch("claims,on=write-batch,times=1,after={n}", Doubt::None)),
    // Reads that lag behind.
    batch("stale:1500,on=write-batch,after={n}", Doubt::None),
    batch(
        "stale:1500,on=read; drop-after,on=write-batch,times=1,after={n}",
        Doubt::Batch,
    ),
    item(
        "stale:1500,on=read; 500-after,on=write,times=1,after={n}",
        Doubt::One,
    ),
    // Reads that fail, before the writes and between them.
    batch(
        "503,on=read-batch,every=2,times=2; drop-before,on=read-batch,every=3,times=1; truncated,on=read-batch,every=4,times=1",
        Doubt::None,
    ),
    // Bad until the deadline.
    lasting(batch("429-bare,on=write-batch,after={n}", Doubt::None)),
    lasting(batch("503,on=write-batch,after={n}", Doubt::None)),
    lasting(batch("drop-before,on=write-batch,after={n}", Doubt::None)),
    lasting(batch("drop-after,on=write-batch,after={n}", Doubt::Batch)),
    lasting(item("504-after,on=write,after={n}", Doubt::One)),
    lasting(item("429:1,on=write,after={n}", Doubt::None)),
    // Writes that were never stored.
    Weather {
        loses: true,
        ..item("lost,on=write,times=1,after={n}", Doubt::None)
    },
];

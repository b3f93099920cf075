//! The table of what goes wrong.

/// Whether a fault leaves something in doubt, so that a write may land a second time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// The answer says that nothing was done, or all of it was, and the client was told.
    None,
    /// A write may have landed, and nobody said so.
    Some,
}

/// Which requests are counted until the fault begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// Batches that write.
    Batches,
    /// Single writes inside of them.
    Writes,
    /// Batches that read; those before the first look do not count.
    LookBatches,
    /// Single reads of users; those before the first look do not count.
    Looks,
}

/// Whether the service refuses to show users just before they are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hidden {
    No,
    /// One of them: that row is not sent, and the others are.
    One,
    /// Everybody from then on: the run ends by itself.
    All,
}

/// One kind of weather.
#[derive(Debug, Clone, Copy)]
pub struct Weather {
    /// Its faults; `{n}` stands for how many requests pass first, `{again}` for how many reads pass until a batch whose write got
    /// no answer is looked at again.
    pub faults: &'static str,
    pub counted: Counted,
    pub doubt: Doubt,
    /// Writes that were answered as done and never stored: the rows must say so, and applying the sheet again mends it.
    pub loses: bool,
    pub hidden: Hidden,
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
        hidden: Hidden::No,
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

const fn look_batch(faults: &'static str) -> Weather {
    Weather {
        counted: Counted::LookBatches,
        ..batch(faults, Doubt::None)
    }
}

const fn look(faults: &'static str, hidden: Hidden) -> Weather {
    Weather {
        counted: Counted::Looks,
        hidden,
        ..batch(faults, Doubt::None)
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
pub const WEATHERS: [Weather; 67] = [
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
    big(batch("500-after,on=write-batch,times=1,after={n}", Doubt::Some)),
    batch("503-after,on=write-batch,times=1,after={n}", Doubt::Some),
    batch("504-after,on=write-batch,times=1,after={n}", Doubt::Some),
    item("500-after,on=write,times=1,after={n}", Doubt::Some),
    item("503-after,on=write,times=1,after={n}", Doubt::Some),
    item("504-after,on=write,share=0.3,times=20,after={n}", Doubt::Some),
    // Connections and bodies.
    batch("drop-before,on=write-batch,times=1,after={n}", Doubt::None),
    big(batch("drop-after,on=write-batch,times=1,after={n}", Doubt::Some)),
    batch(
        "drop-before,on=write-batch,times=1,after={n}; drop-after,on=write-batch,times=1,after={n}",
        Doubt::Some,
    ),
    big(batch("truncated,on=write-batch,times=1,after={n}", Doubt::Some)),
    batch("slow-body:700,on=write-batch,times=1,after={n}", Doubt::None),
    // Answers that do not fit the question.
    batch("missing,on=write-batch,times=1,after={n}", Doubt::Some),
    batch("missing-before,on=write-batch,times=1,after={n}", Doubt::None),
    big(item("missing,on=write,share=0.3,times=20,after={n}", Doubt::Some)),
    batch("twice,on=write-batch,times=1,after={n}", Doubt::Some),
    item("twice,on=write,share=0.3,times=20,after={n}", Doubt::Some),
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
        Doubt::Some,
    ),
    item(
        "stale:1500,on=read; 500-after,on=write,times=1,after={n}",
        Doubt::Some,
    ),
    // Reads that fail: the first of all, and looks.
    batch(
        "503,on=read-batch,times=1; drop-before,on=read-batch,after=1,times=1; truncated,on=read-batch,after=2,times=1",
        Doubt::None,
    ),
    look_batch("503,on=read-batch,times=2,after={n}"),
    look_batch("429:1,on=read-batch,times=1,after={n}"),
    look_batch("html,on=read-batch,times=1,after={n}"),
    look_batch("drop-after,on=read-batch,times=1,after={n}"),
    look_batch("truncated,on=read-batch,times=1,after={n}"),
    look_batch("missing,on=read-batch,times=1,after={n}"),
    look_batch("twice,on=read-batch,times=1,after={n}"),
    // Looks that are refused.
    big(look("403,on=read,times=1,after={n}", Hidden::One)),
    look("404,on=read,times=1,after={n}", Hidden::No),
    Weather {
        hidden: Hidden::One,
        ..batch(
            "403,on=read,times=1,after={again}; drop-after,on=write-batch,times=1,after={n}",
            Doubt::Some,
        )
    },
    batch(
        "404,on=read,times=1,after={again}; drop-after,on=write-batch,times=1,after={n}",
        Doubt::Some,
    ),
    big(look("403,on=read,after={n}", Hidden::All)),
    look("403,on=read,share=0.5,after={n}", Hidden::All),
    // Bad until the deadline.
    lasting(batch("429-bare,on=write-batch,after={n}", Doubt::None)),
    lasting(batch("503,on=write-batch,after={n}", Doubt::None)),
    lasting(batch("drop-before,on=write-batch,after={n}", Doubt::None)),
    lasting(batch("drop-after,on=write-batch,after={n}", Doubt::Some)),
    lasting(item("504-after,on=write,after={n}", Doubt::Some)),
    lasting(item("429:1,on=write,after={n}", Doubt::None)),
    // Writes that were never stored.
    Weather {
        loses: true,
        ..item("lost,on=write,times=1,after={n}", Doubt::None)
    },
];

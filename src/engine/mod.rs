//! The only room with channels, tasks and threads: it moves rows and requests along the road and tells what happens.

mod again;
mod apply;
mod bases;
mod compare;
mod counters;
mod event;
mod everybody;
mod export;
mod gather;
mod holders;
mod intake;
mod look;
mod luck;
mod pace;
mod pause;
mod photo_export;
mod photos;
mod prove;
mod ranges;
mod reach;
mod recorder;
mod rounds;
mod signals;
mod stop;
mod survey;
mod suspects;
mod typed_cells;
mod work;
mod worker;

pub use again::{look_again, made_users, unmade_users};
pub use apply::{Applied, ApplyContext, ApplyError, BATCHES_IN_FLIGHT, apply};
pub use bases::{BaseError, Bases, GivenBase, ReadBase};
pub use compare::{CompareError, Kept, SheetUsers, Side, compare};
pub use counters::{Counter, Counters};
pub use event::{Event, Phase, Reporter};
pub use everybody::{
    Came, EarlierReading, Everybody, EverybodyTold, Links, look_again as look_at_kept_again,
    refresh as refresh_everybody,
};
pub use export::{
    ExportError, ExportRequest, Exported, JsonLines, KeptReading, ReadingTold, export, kept_reading,
};
pub use holders::{Roles, role_holders, roles_in_token};
pub use intake::{Intake, take_in};
pub use pause::Pauses;
pub use photo_export::PhotoExport;
pub use photos::{PictureFacts, Unkept, settle_pictures};
pub use prove::{ProveContext, Proved, VERIFY_PATIENCE, prove};
pub use ranges::is_many;
pub use stop::{Stop, StopReason, Wish};
pub use survey::{SurveyError, Wanted, survey, survey_for_rows};
pub use suspects::Suspects;
pub use work::Work;

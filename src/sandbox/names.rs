//! Names in many scripts, each with the spelling that a sign-in name has.

use super::chance::Chance;

/// A name and its spelling in ASCII.
pub type Name = (&'static str, &'static str);

/// Given names and family names that go together.
type Pair = (&'static [Name], &'static [Name]);

/// How a name is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Script {
    /// Given name first.
    GivenFirst(usize),
    /// Family name first, without a space.
    FamilyFirst(usize),
}

/// Scripts in which the given name comes first.
const GIVEN_FIRST: [Pair; 12] = [
    (
        &[
            ("Anna", "anna"),
            ("J\u{fc}rgen", "jurgen"),
            ("Chlo\u{e9}", "chloe"),
            ("Bj\u{f6}rn", "bjorn"),
            ("Zo\u{eb}", "zoe"),
            ("Fran\u{e7}ois", "francois"),
            ("Siobh\u{e1}n", "siobhan"),
            ("In\u{ea}s", "ines"),
        ],
        &[
            ("de Vries", "devries"),
            ("M\u{fc}ller", "muller"),
            ("O'Brien", "o'brien"),
            ("L\u{f8}kke", "lokke"),
            ("N\u{fa}\u{f1}ez", "nunez"),
            ("van 't Hof", "van.t.hof"),
            ("Saint-Just", "saint-just"),
            ("Gon\u{e7}alves", "goncalves"),
        ],
    ),
    (
        &[
            ("\u{141}ukasz", "lukasz"),
            ("Ji\u{159}\u{ed}", "jiri"),
            ("\u{160}\u{e1}rka", "sarka"),
            ("Zs\u{f3}fia", "zsofia"),
            ("\u{15e}tefan", "stefan"),
            ("\u{10c}edomir", "cedomir"),
        ],
        &[
            ("W\u{f3}jcik", "wojcik"),
            ("Dvo\u{159}\u{e1}k", "dvorak"),
            ("Sz\u{151}ke", "szoke"),
            ("\u{17d}i\u{17e}ka", "zizka"),
            ("B\u{103}lan", "balan"),
            ("\u{110}uri\u{107}", "duric"),
        ],
    ),
    (
        &[
            ("\u{d6}zg\u{fc}r", "ozgur"),
            ("I\u{15f}\u{131}l", "isil"),
            ("Nguy\u{1ec7}t", "nguyet"),
            ("\u{110}\u{1ee9}c", "duc"),
        ],
        &[
            ("Y\u{131}ld\u{131}z", "yildiz"),
            ("\u{130}nce", "ince"),
            ("Tr\u{1ea7}n", "tran"),
            ("Nguy\u{1ec5}n", "nguyen"),
        ],
    ),
    (
        &[
            ("\u{41e}\u{43b}\u{435}\u{43d}\u{430}", "olena"),
            ("\u{418}\u{432}\u{430}\u{43d}", "ivan"),
            ("\u{42e}\u{43b}\u{438}\u{44f}", "yulia"),
        ],
        &[
            (
                "\u{428}\u{435}\u{432}\u{447}\u{435}\u{43d}\u{43a}\u{43e}",
                "shevchenko",
            ),
            ("\u{41f}\u{435}\u{442}\u{440}\u{43e}\u{432}", "petrov"),
            (
                "\u{419}\u{43e}\u{440}\u{434}\u{430}\u{43d}\u{43e}\u{432}",
                "yordanov",
            ),
        ],
    ),
    (
        &[
            ("\u{395}\u{3bb}\u{3ad}\u{3bd}\u{3b7}", "eleni"),
            ("\u{393}\u{3b9}\u{3ce}\u{3c1}\u{3b3}\u{3bf}\u{3c2}", "giorgos"),
        ],
        &[
            (
                "\u{3a0}\u{3b1}\u{3c0}\u{3b1}\u{3b4}\u{3ac}\u{3ba}\u{3b7}\u{3c2}",
                "papadakis",
            ),
            (
                "\u{39d}\u{3b9}\u{3ba}\u{3bf}\u{3bb}\u{3ac}\u{3bf}\u{3c5}",
                "nikolaou",
            ),
        ],
    ),
    (
        &[
            ("\u{644}\u{64a}\u{644}\u{649}", "layla"),
            ("\u{64a}\u{648}\u{633}\u{641}", "yusuf"),
        ],
        &[
            ("\u{627}\u{644}\u{62d}\u{62f}\u{627}\u{62f}", "alhaddad"),
            ("\u{645}\u{646}\u{635}\u{648}\u{631}", "mansour"),
        ],
    ),
    (
        &[
            ("\u{5e0}\u{5d5}\u{5e2}\u{5d4}", "noa"),
            ("\u{5d3}\u{5d5}\u{5d3}", "david"),
        ],
        &[
            ("\u{5db}\u{5d4}\u{5df}", "cohen"),
            ("\u{5dc}\u{5d5}\u{5d9}", "levi"),
        ],
    ),
    (
        &[
            ("\u{e2a}\u{e21}\u{e0a}\u{e32}\u{e22}", "somchai"),
            ("\u{e27}\u{e34}\u{e44}\u{e25}", "wilai"),
        ],
        &[
            ("\u{e28}\u{e23}\u{e35}\u{e2a}\u{e38}\u{e02}", "srisuk"),
            ("\u{e17}\u{e2d}\u{e07}\u{e14}\u{e35}", "thongdee"),
        ],
    ),
    (
        &[
            ("\u{905}\u{928}\u{93f}\u{924}\u{93e}", "anita"),
            ("\u{930}\u{93e}\u{91c}\u{947}\u{936}", "rajesh"),
        ],
        &[
            ("\u{936}\u{930}\u{94d}\u{92e}\u{93e}", "sharma"),
            ("\u{917}\u{941}\u{92a}\u{94d}\u{924}\u{93e}", "gupta"),
        ],
    ),
    (
        &[
            ("\u{10dc}\u{10d8}\u{10dc}\u{10dd}", "nino"),
            ("\u{531}\u{580}\u{561}\u{574}", "aram"),
        ],
        &[
            ("\u{10d1}\u{10d4}\u{10e0}\u{10d8}\u{10eb}\u{10d4}", "beridze"),
            (
                "\u{54d}\u{561}\u{580}\u{563}\u{57d}\u{575}\u{561}\u{576}",
                "sargsyan",
            ),
        ],
    ),
    (
        // Letters and their accents as separate characters, as some systems write them.
        &[("Rene\u{301}", "rene"), ("A\u{30a}sa", "asa")],
        &[("Mu\u{308}nch", "munch"), ("Pen\u{303}a", "pena")],
    ),
    (
        &[("Mary-Jane", "mary-jane"), ("Lee", "lee"), ("Ad", "ad")],
        &[
            ("Smith, Jr.", "smith-jr"),
            ("Null", "null"),
            ("True", "true"),
            ("May", "may"),
            ("\u{1f600} Test", "test"),
        ],
    ),
];

/// Scripts in which the family name comes first.
const FAMILY_FIRST: [Pair; 3] = [
    (
        &[
            ("\u{4f1f}", "wei"),
            ("\u{79c0}\u{82f1}", "xiuying"),
            ("\u{5efa}\u{56fd}", "jianguo"),
        ],
        &[
            ("\u{738b}", "wang"),
            ("\u{674e}", "li"),
            ("\u{6b27}\u{9633}", "ouyang"),
        ],
    ),
    (
        &[
            ("\u{3055}\u{304f}\u{3089}", "sakura"),
            ("\u{30b1}\u{30f3}", "ken"),
            ("\u{82b1}\u{5b50}", "hanako"),
        ],
        &[
            ("\u{4f50}\u{85e4}", "sato"),
            ("\u{30bf}\u{30ca}\u{30ab}", "tanaka"),
            ("\u{9ad9}\u{6a4b}", "takahashi"),
        ],
    ),
    (
        &[("\u{bbfc}\u{c900}", "minjun"), ("\u{c11c}\u{c5f0}", "seoyeon")],
        &[("\u{ae40}", "kim"), ("\u{bc15}", "park"), ("\u{cd5c}", "choi")],
    ),
];

/// The script of a person; the first fifteen people have one each.
pub fn script(chance: &mut Chance, place: usize) -> Script {
    let scripts = GIVEN_FIRST.len() + FAMILY_FIRST.len();
    let roll = chance.below(scripts + 9);
    // Latin letters are more frequent than the rest.
    let at = if place < scripts {
        place
    } else if roll < scripts {
        roll
    } else {
        roll % 3
    };
    if at < GIVEN_FIRST.len() {
        Script::GivenFirst(at)
    } else {
        Script::FamilyFirst(at - GIVEN_FIRST.len())
    }
}

/// A given name and a family name.
pub fn pick(chance: &mut Chance, script: Script) -> (Name, Name) {
    let pair = match script {
        Script::GivenFirst(at) => GIVEN_FIRST.get(at),
        Script::FamilyFirst(at) => FAMILY_FIRST.get(at),
    };
    let (given, family) = pair.copied().unwrap_or((&[], &[]));
    let one = |chance: &mut Chance, from: &'static [Name]| chance.pick(from).copied().unwrap_or(("X", "x"));
    (one(chance, given), one(chance, family))
}

/// Texts that a spreadsheet would run or change.
const ODD: [&str; 8] = [
    "=1+1",
    "@home",
    "-12",
    "'quoted",
    "+49 89 1",
    "00123",
    "1-2",
    "=cmd|' /C calc'!A0",
];

/// Such a text.
pub fn odd(chance: &mut Chance) -> &'static str {
    chance.word(&ODD)
}

//! How letters are bytes: the encodings that are read, and their names as people type them.

mod decode;
mod detect;
mod guess;

use std::fmt;
use std::str::FromStr;

pub(super) use detect::to_text;

/// How letters are bytes in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    /// With a byte order mark, as Excel wants it.
    Utf8Bom,
    /// As Excel's "Unicode Text".
    Utf16Le,
    Utf16Be,
    /// One of the code pages from before Unicode.
    Page(CodePage),
}

/// A code page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodePage(Table);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Table {
    /// One of those that browsers know, by the WHATWG's tables.
    Web(&'static encoding_rs::Encoding),
    Ibm437,
    Ibm850,
}

/// How sure it is which encoding a file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// A person said so.
    Told,
    /// The bytes leave nothing else.
    Certain,
    /// Nothing else reads as well.
    Likely,
    /// There is too little to go by.
    Guess,
}

impl Certainty {
    /// Its word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Certainty::Told => "told",
            Certainty::Certain => "certain",
            Certainty::Likely => "likely",
            Certainty::Guess => "guess",
        }
    }
}

impl Encoding {
    /// Its name in messages and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Encoding::Utf8 => "UTF-8",
            Encoding::Utf8Bom => "UTF-8 with BOM",
            Encoding::Utf16Le => "UTF-16 LE",
            Encoding::Utf16Be => "UTF-16 BE",
            Encoding::Page(CodePage(Table::Ibm437)) => "IBM437",
            Encoding::Page(CodePage(Table::Ibm850)) => "IBM850",
            Encoding::Page(CodePage(Table::Web(encoding))) if encoding == encoding_rs::MACINTOSH => {
                "Mac Roman"
            }
            Encoding::Page(CodePage(Table::Web(encoding))) => encoding.name(),
        }
    }

    /// Whether the text is UTF-8.
    pub fn is_utf8(self) -> bool {
        matches!(self, Encoding::Utf8 | Encoding::Utf8Bom)
    }

    fn web(encoding: &'static encoding_rs::Encoding) -> Encoding {
        if encoding == encoding_rs::UTF_8 {
            Encoding::Utf8
        } else if encoding == encoding_rs::UTF_16LE {
            Encoding::Utf16Le
        } else if encoding == encoding_rs::UTF_16BE {
            Encoding::Utf16Be
        } else {
            Encoding::Page(CodePage(Table::Web(encoding)))
        }
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The encoding a person names. UTF-16 may be named without its byte order; then the file's mark decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskedEncoding {
    Utf16,
    Exactly(Encoding),
}

impl AskedEncoding {
    /// What is read when the file has no mark.
    fn without_mark(self) -> Encoding {
        match self {
            AskedEncoding::Utf16 => Encoding::Utf16Le,
            AskedEncoding::Exactly(Encoding::Utf8Bom) => Encoding::Utf8,
            AskedEncoding::Exactly(encoding) => encoding,
        }
    }

    /// Whether a file with the mark of `marked` may be read so.
    fn allows(self, marked: Encoding) -> bool {
        match self {
            AskedEncoding::Utf16 => matches!(marked, Encoding::Utf16Le | Encoding::Utf16Be),
            AskedEncoding::Exactly(asked) => asked == marked || (asked.is_utf8() && marked.is_utf8()),
        }
    }
}

impl fmt::Display for AskedEncoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AskedEncoding::Utf16 => f.write_str("UTF-16"),
            AskedEncoding::Exactly(encoding) => f.write_str(encoding.as_str()),
        }
    }
}

/// The names in the help of an unknown one.
const KNOWN: &str = "utf-8, utf-16, utf-16le, utf-16be, windows-1250 to windows-1258 (also cp1252 or 1252), windows-874, \
                     ansi (windows-1252), iso-8859-2 to iso-8859-16, latin1, mac, ibm437, ibm850 (also oem), ibm866, \
                     shift_jis, euc-jp, gbk, gb18030, big5, euc-kr, koi8-r, koi8-u";

impl FromStr for AskedEncoding {
    type Err = String;

    fn from_str(text: &str) -> Result<AskedEncoding, String> {
        let name = text.trim().to_ascii_lowercase().replace([' ', '_'], "-");
        by_own_name(&name)
            .or_else(|| by_number(&name))
            .or_else(|| by_web_label(text.trim()))
            .ok_or_else(|| format!("`{text}` is not an encoding that is known: {KNOWN}"))
    }
}

fn by_own_name(name: &str) -> Option<AskedEncoding> {
    let encoding = match name {
        "utf8" | "utf-8" | "utf-8-sig" | "utf8-bom" | "utf-8-bom" | "utf-8-with-bom" => Encoding::Utf8,
        "utf16" | "utf-16" | "unicode" | "unicode-text" => return Some(AskedEncoding::Utf16),
        "utf16le" | "utf-16le" | "utf-16-le" => Encoding::Utf16Le,
        "utf16be" | "utf-16be" | "utf-16-be" => Encoding::Utf16Be,
        "ansi" | "windows" => Encoding::web(encoding_rs::WINDOWS_1252),
        "mac" | "macroman" | "mac-roman" => Encoding::web(encoding_rs::MACINTOSH),
        "oem" | "dos" | "ms-dos" => Encoding::Page(CodePage(Table::Ibm850)),
        _ => return None,
    };
    Some(AskedEncoding::Exactly(encoding))
}

/// `windows-1252`, `cp1252`, `cp-1252`, `win1252`, `ibm850`, `oem850`, `1252`.
fn by_number(name: &str) -> Option<AskedEncoding> {
    let digits = name
        .trim_start_matches(|c: char| c.is_ascii_lowercase())
        .trim_start_matches('-');
    let prefix = name.strip_suffix(digits)?.trim_end_matches('-');
    if !matches!(
        prefix,
        "" | "windows" | "win" | "cp" | "ibm" | "oem" | "dos" | "ms" | "codepage"
    ) {
        return None;
    }
    let encoding = match digits {
        "437" => Encoding::Page(CodePage(Table::Ibm437)),
        "850" => Encoding::Page(CodePage(Table::Ibm850)),
        "866" => Encoding::web(encoding_rs::IBM866),
        "874" => Encoding::web(encoding_rs::WINDOWS_874),
        "932" => Encoding::web(encoding_rs::SHIFT_JIS),
        "936" => Encoding::web(encoding_rs::GBK),
        "949" => Encoding::web(encoding_rs::EUC_KR),
        "950" => Encoding::web(encoding_rs::BIG5),
        "1250" => Encoding::web(encoding_rs::WINDOWS_1250),
        "1251" => Encoding::web(encoding_rs::WINDOWS_1251),
        "1252" => Encoding::web(encoding_rs::WINDOWS_1252),
        "1253" => Encoding::web(encoding_rs::WINDOWS_1253),
        "1254" => Encoding::web(encoding_rs::WINDOWS_1254),
        "1255" => Encoding::web(encoding_rs::WINDOWS_1255),
        "1256" => Encoding::web(encoding_rs::WINDOWS_1256),
        "1257" => Encoding::web(encoding_rs::WINDOWS_1257),
        "1258" => Encoding::web(encoding_rs::WINDOWS_1258),
        "1200" => Encoding::Utf16Le,
        "1201" => Encoding::Utf16Be,
        "10000" => Encoding::web(encoding_rs::MACINTOSH),
        "65001" => Encoding::Utf8,
        _ => return None,
    };
    Some(AskedEncoding::Exactly(encoding))
}

fn by_web_label(label: &str) -> Option<AskedEncoding> {
    let encoding = encoding_rs::Encoding::for_label(label.as_bytes())?;
    let is_text = encoding != encoding_rs::REPLACEMENT && encoding != encoding_rs::X_USER_DEFINED;
    is_text.then(|| AskedEncoding::Exactly(Encoding::web(encoding)))
}

#[cfg(test)]
mod tests;

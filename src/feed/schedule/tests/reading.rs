//! Readers of the formats, each by the document that defines it, so that the writers are not held against themselves.

/// Words of a unit file: systemd.service(5) "Command lines", systemd.syntax(7) "Quoting", systemd.unit(5) "Specifiers".
/// `None` where systemd would refuse, or put something else in its place.
pub fn systemd(line: &str, is_command: bool) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut letters = line.chars().peekable();
    while let Some(first) = letters.next() {
        if first == ' ' {
            continue;
        }
        if first != '"' {
            return None;
        }
        let mut word = String::new();
        loop {
            match letters.next()? {
                '"' => break,
                '\\' => match letters.next()? {
                    letter @ ('\\' | '"' | '\'') => word.push(letter),
                    _ => return None,
                },
                letter => word.push(letter),
            }
        }
        if letters.peek().is_some_and(|next| *next != ' ') {
            return None;
        }
        // Specifiers are put in first, variables when the command starts.
        let word = doubled(&word, '%')?;
        words.push(if is_command { doubled(&word, '$')? } else { word });
    }
    Some(words)
}

/// Takes one of two; a single one would begin something else.
fn doubled(word: &str, sign: char) -> Option<String> {
    let mut plain = String::new();
    let mut letters = word.chars();
    while let Some(letter) = letters.next() {
        if letter == sign && letters.next()? != sign {
            return None;
        }
        plain.push(letter);
    }
    Some(plain)
}

/// The command of a line of cron, and what it would get as standard input: crontab(5), and `do_command` of Vixie cron, where
/// a backslash is taken away before `%` only, and does not escape after another one that does.
pub fn cron(line: &str) -> (String, String) {
    let mut command = String::new();
    let mut is_escaped = false;
    let mut letters = line.chars();
    for letter in letters.by_ref() {
        if is_escaped {
            if letter == '%' {
                command.pop();
            }
            command.push(letter);
            is_escaped = false;
        } else if letter == '%' {
            return (command, letters.collect());
        } else {
            is_escaped = letter == '\\';
            command.push(letter);
        }
    }
    (command, String::new())
}

/// Words of a POSIX shell without expansions: "Quoting" in the Shell Command Language.
pub fn shell(line: &str) -> Option<Vec<String>> {
    let mut words: Vec<String> = Vec::new();
    let mut word: Option<String> = None;
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match letter {
            ' ' => words.extend(word.take()),
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match letters.next()? {
                        '\'' => break,
                        letter => word.push(letter),
                    }
                }
            }
            '\\' => word.get_or_insert_default().push(letters.next()?),
            '"' | '$' | '`' | '&' | ';' | '|' | '<' | '>' | '#' | '*' | '~' | '!' | '{' | '}' => return None,
            letter => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    Some(words)
}

/// Words as `CommandLineToArgvW` reads them after the program's own.
pub fn windows(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut is_quoted = false;
    let mut backslashes = 0;
    for letter in line.chars() {
        if letter == '\\' {
            backslashes += 1;
            word.get_or_insert_default();
            continue;
        }
        if letter == '"' {
            let word = word.get_or_insert_default();
            word.push_str(&"\\".repeat(backslashes / 2));
            if backslashes % 2 == 1 {
                word.push('"');
            } else {
                is_quoted = !is_quoted;
            }
            backslashes = 0;
            continue;
        }
        if backslashes > 0 {
            word.get_or_insert_default().push_str(&"\\".repeat(backslashes));
            backslashes = 0;
        }
        if letter == ' ' && !is_quoted {
            words.extend(word.take());
        } else {
            word.get_or_insert_default().push(letter);
        }
    }
    if backslashes > 0 {
        word.get_or_insert_default().push_str(&"\\".repeat(backslashes));
    }
    words.extend(word);
    words
}

/// The text of the only element.
pub fn xml(text: &str) -> Result<String, String> {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_str(text);
    let mut read = String::new();
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Text(text) => read.push_str(&text),
            Event::GeneralRef(name) => match &*name {
                "amp" => read.push('&'),
                "lt" => read.push('<'),
                "gt" => read.push('>'),
                "quot" => read.push('"'),
                other => return Err(other.to_string()),
            },
            Event::Eof => return Ok(read),
            _ => {}
        }
    }
}

/// A double-quoted scalar of YAML 1.2, section 5.7 and 7.3.1, with the escapes that JSON knows.
pub fn yaml(text: &str) -> Option<String> {
    let inside = text.strip_prefix('"')?.strip_suffix('"')?;
    let mut plain = String::new();
    let mut letters = inside.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => return None,
            '\\' => match letters.next()? {
                letter @ ('"' | '\\' | '/') => plain.push(letter),
                _ => return None,
            },
            letter => plain.push(letter),
        }
    }
    Some(plain)
}

/// A text after GitHub evaluated its expressions, of which only a literal text is known here.
pub fn github(text: &str) -> Option<String> {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, expression)) = rest.split_once("${{") {
        plain.push_str(before);
        let expression = expression.trim_start().strip_prefix('\'')?;
        let (literal, after) = expression.split_once('\'')?;
        plain.push_str(literal);
        rest = after.trim_start().strip_prefix("}}")?;
    }
    plain.push_str(rest);
    Some(plain)
}

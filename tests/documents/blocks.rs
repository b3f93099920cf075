//! The blocks of a page: what stands between two fences, and what is indented as code is.

/// A block of a page: the words behind the back-ticks, its lines, and the number of its first line.
#[derive(Debug, Clone)]
pub struct Block {
    pub info: String,
    pub lines: Vec<String>,
    pub first: usize,
}

impl Block {
    pub fn words(&self) -> Vec<&str> {
        self.info.split_whitespace().collect()
    }
}

/// The blocks of a page, by section; the first is the head. A block of a list has the list's indent before each of its lines.
pub fn sections(page: &str) -> Vec<(String, Vec<Block>)> {
    let mut sections = vec![(String::new(), Vec::new())];
    let mut open: Option<(usize, Block)> = None;
    for (number, line) in (1..).zip(page.lines()) {
        let text = line.trim_start_matches(' ');
        match &mut open {
            Some((_, block)) if text.starts_with("```") => {
                let block = block.clone();
                sections.last_mut().unwrap().1.push(block);
                open = None;
            }
            Some((indent, block)) => {
                let own = line.len() - text.len();
                block.lines.push(line[own.min(*indent)..].to_owned());
            }
            None if text.starts_with("```") => {
                let block = Block {
                    info: text.trim_matches('`').trim().to_owned(),
                    lines: Vec::new(),
                    first: number + 1,
                };
                open = Some((line.len() - text.len(), block));
            }
            None if line.starts_with("## ") => sections.push((line[3..].to_owned(), Vec::new())),
            None => {}
        }
    }
    assert!(open.is_none(), "a block is not closed: {open:?}");
    sections
}

/// The numbers of the lines that are code because of four blanks before them, below an empty line: nobody would look at them.
pub fn indented(page: &str) -> Vec<usize> {
    let mut found = Vec::new();
    let (mut fenced, mut empty) = (false, true);
    for (number, line) in (1..).zip(page.lines()) {
        let text = line.trim_start();
        if text.starts_with("```") {
            fenced = !fenced;
        } else if !fenced && empty && line.starts_with("    ") && !text.starts_with(['-', '|', '*']) {
            found.push(number);
        }
        empty = text.is_empty();
    }
    found
}

#[test]
fn blocks_of_lists_lose_the_indent_of_the_list_and_code_by_indent_is_found() {
    let page = "1. One:\n\n   ```console\n   $ a\n       b\n   ```\n\n    cargo\n\n    - no code\n";
    let blocks = &sections(page)[0].1;
    assert_eq!((blocks.len(), blocks[0].first), (1, 4));
    assert_eq!(blocks[0].lines, ["$ a", "    b"]);
    assert_eq!(indented(page), [8]);
}

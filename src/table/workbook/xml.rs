//! Reading the parts of a workbook as XML: well-formed or refused, without a document type, and so without entities of its own.

use std::io::{BufReader, Read};

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Error, XmlVersion};

use super::fault::Fault;

/// Elements inside elements; no part of a workbook comes near.
const DEPTH_MAX: usize = 128;

/// One part, event by event. An empty element comes as a start and an end.
pub(super) struct Xml<R: Read> {
    reader: quick_xml::Reader<BufReader<R>>,
    buffer: Vec<u8>,
    depth: usize,
    name: String,
}

impl<R: Read> Xml<R> {
    /// Reads the part that is called `name` in messages.
    pub fn new(name: &str, part: R) -> Xml<R> {
        let mut reader = quick_xml::Reader::from_reader(BufReader::with_capacity(1 << 16, part));
        reader.config_mut().expand_empty_elements = true;
        Xml {
            reader,
            buffer: Vec::new(),
            depth: 0,
            name: name.to_owned(),
        }
    }

    /// The next event; `None` at the end of the part.
    pub fn next(&mut self) -> Result<Option<Event<'_>>, Fault> {
        self.buffer.clear();
        let event = self
            .reader
            .read_event_into(&mut self.buffer)
            .map_err(|error| fault(&self.name, &error))?;
        match &event {
            Event::Start(_) => {
                self.depth += 1;
                if self.depth > DEPTH_MAX {
                    return Err(Fault::in_part(&self.name, "its elements are nested too deeply"));
                }
            }
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            Event::DocType(_) => {
                return Err(Fault::in_part(
                    &self.name,
                    "it has a document type, which no workbook has",
                ));
            }
            Event::Eof if self.depth > 0 => return Err(Fault::in_part(&self.name, "it ends too early")),
            Event::Eof => return Ok(None),
            _ => {}
        }
        Ok(Some(event))
    }

    /// What is wrong with this part, in words.
    pub fn fault(&self, told: impl AsRef<str>) -> Fault {
        Fault::in_part(&self.name, told)
    }
}

fn fault(part: &str, error: &Error) -> Fault {
    match error {
        Error::Io(error) => match Fault::of_io(error) {
            Fault::TooLarge(_) => Fault::bomb(part),
            Fault::Damaged(told) => Fault::in_part(part, told),
            other => other,
        },
        // The words of the library are for programmers.
        _ => Fault::in_part(part, "it is not written as programs write it, or is mixed up"),
    }
}

/// The name of an element without its prefix.
pub(super) fn local(element: &BytesStart<'_>) -> String {
    element.local_name().as_ref().to_owned()
}

/// The value of an attribute, by its name with or without prefix.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Result<Option<String>, Fault> {
    for attribute in element.attributes() {
        let attribute = attribute.map_err(|_| mixed_up())?;
        if attribute.key.as_ref() == name || attribute.key.local_name().as_ref() == name {
            let value = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|_| mixed_up())?;
            return Ok(Some(value.into_owned()));
        }
    }
    Ok(None)
}

fn mixed_up() -> Fault {
    Fault::Damaged("a part of it is not written as programs write it, or is mixed up".to_owned())
}

/// The character that `&name;` stands for: the five of XML, or a number.
pub(super) fn entity(reference: &BytesRef<'_>) -> Result<String, Fault> {
    if let Some(text) = quick_xml::escape::resolve_xml_entity(reference.as_ref()) {
        return Ok(text.to_owned());
    }
    match reference.resolve_char_ref() {
        Ok(Some(character)) => Ok(character.to_string()),
        Ok(None) | Err(_) => Err(Fault::Damaged(
            "a text holds a sign that is written as no program writes it".to_owned(),
        )),
    }
}

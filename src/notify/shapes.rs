//! The bodies that receivers understand.

use serde_json::{Value, json};

use super::http::Body;
use super::words::{cut, facts, headline, help, refusals, warnings};
use crate::feed::NightSummary;
use crate::feed::settings::HookShape;

/// The most that a Teams message may have is 28 KB, all of it counted.
/// <https://learn.microsoft.com/connectors/teams/#limits>
const TEAMS_BYTES_MAX: usize = 27_000;
/// Slack's limits of a header, of a section's text, and of a field. <https://docs.slack.dev/reference/block-kit/blocks>
const SLACK_HEADER_MAX: usize = 150;
const SLACK_TEXT_MAX: usize = 3_000;
const SLACK_FIELD_MAX: usize = 2_000;
const SLACK_FIELDS_MAX: usize = 10;
/// The longest text that a message shows of one thing.
const TEXT_MAX: usize = 1_000;

pub(super) fn body(shape: HookShape, night: &NightSummary) -> Body {
    Body::Json(match shape {
        HookShape::Json => plain(night),
        HookShape::Teams => teams(night),
        HookShape::Slack => slack(night),
    })
}

/// The whole summary, as `feed run --json` prints it, with a version of its form.
fn plain(night: &NightSummary) -> Value {
    json!({ "kind": "dirsheet-feed-night", "version": 1, "title": headline(night), "night": night })
}

/// An Adaptive Card in the envelope that a workflow "When a Teams webhook request is received" takes.
/// <https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using>
fn teams(night: &NightSummary) -> Value {
    let colour = if night.outcome.is_trouble() {
        "attention"
    } else {
        "good"
    };
    let mut card = vec![
        json!({ "type": "TextBlock", "size": "medium", "weight": "bolder", "wrap": true, "color": colour,
                "text": markdown(&format!("dirsheet {}", headline(night))) }),
        json!({ "type": "TextBlock", "wrap": true, "text": markdown(&night.message) }),
    ];
    let facts: Vec<Value> = facts(night)
        .iter()
        .map(|(name, value)| json!({ "title": name, "value": markdown(value) }))
        .collect();
    card.push(json!({ "type": "FactSet", "facts": facts }));
    for line in refusals(night) {
        card.push(
            json!({ "type": "TextBlock", "wrap": true, "color": "attention", "text": markdown(&line) }),
        );
    }
    for line in warnings(night) {
        card.push(
            json!({ "type": "TextBlock", "wrap": true, "color": "warning", "text": markdown(&format!("warning: {line}")) }),
        );
    }
    for line in help(night) {
        card.push(json!({ "type": "TextBlock", "wrap": true, "text": markdown(&line) }));
    }
    loop {
        let message = json!({
            "type": "message",
            "attachments": [{
                "contentType": "application/vnd.microsoft.card.adaptive",
                "contentUrl": null,
                "content": {
                    "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                    "type": "AdaptiveCard",
                    "version": "1.4",
                    "body": card,
                },
            }],
        });
        if message.to_string().len() <= TEAMS_BYTES_MAX || card.len() <= 3 {
            return message;
        }
        card.pop();
    }
}

/// A text in which Teams finds no Markdown and no function of a card (`{{DATE(…)}}`).
fn markdown(text: &str) -> String {
    let mut escaped = String::new();
    for letter in cut(text, TEXT_MAX).chars() {
        if matches!(letter, '\\' | '*' | '_' | '[' | ']' | '`' | '~' | '#' | '<') {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped.replace("{{", "{ {")
}

/// Blocks, and a text for notifications.
fn slack(night: &NightSummary) -> Value {
    let title = format!("dirsheet {}", headline(night));
    let section = |lines: &[String]| json!({ "type": "section", "text": slack_text(&lines.join("\n"), SLACK_TEXT_MAX) });
    let mut blocks = vec![
        json!({ "type": "header", "text": slack_text(&title, SLACK_HEADER_MAX) }),
        section(std::slice::from_ref(&night.message)),
    ];
    let fields: Vec<Value> = facts(night)
        .iter()
        .take(SLACK_FIELDS_MAX)
        .map(|(name, value)| slack_text(&format!("{name}: {value}"), SLACK_FIELD_MAX))
        .collect();
    blocks.push(json!({ "type": "section", "fields": fields }));
    let warned = warnings(night).into_iter().map(|line| format!("warning: {line}"));
    for lines in [refusals(night), warned.collect(), help(night)] {
        if !lines.is_empty() {
            blocks.push(section(&lines));
        }
    }
    json!({ "text": slack_escaped(&title, SLACK_TEXT_MAX), "mrkdwn": false, "blocks": blocks })
}

/// A text object in which nothing is a link, a name or a call to everybody.
fn slack_text(text: &str, letters_max: usize) -> Value {
    json!({ "type": "plain_text", "emoji": false, "text": slack_escaped(text, letters_max) })
}

/// The three letters that Slack parses are written as entities; the limit counts what is written.
/// <https://docs.slack.dev/messaging/formatting-message-text#escaping>
fn slack_escaped(text: &str, letters_max: usize) -> String {
    let mut escaped = String::new();
    let mut length = 0;
    for letter in cut(text, letters_max).chars() {
        let written = match letter {
            '&' => "&amp;".to_owned(),
            '<' => "&lt;".to_owned(),
            '>' => "&gt;".to_owned(),
            letter => letter.to_string(),
        };
        length += written.chars().count();
        if length > letters_max {
            break;
        }
        escaped.push_str(&written);
    }
    // Slack takes no empty text.
    if escaped.is_empty() {
        "–".to_owned()
    } else {
        escaped
    }
}

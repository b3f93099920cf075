//! What a value must look like, property by property.

use super::{
    reply::Refusal,
    schema::{Kind, Leaf, LeafKind, Property},
    tenant::Tenant,
};
use serde_json::Value;

/// ISO 3166 alpha-2, as a list of pairs.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW \
BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD \
GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP \
KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG \
NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR \
SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

/// A text that is too short or too long.
fn length(property: &str, why: String) -> Refusal {
    Refusal::value(property, "InvalidLength", why)
}

/// A value that is not one the property takes.
fn invalid(property: &str) -> Refusal {
    Refusal::value(
        property,
        "InvalidValue",
        format!("Invalid value specified for property '{property}' of resource 'User'."),
    )
}

/// A value of another type: the reader of the body says that, without naming a target.
pub(super) fn mistyped(value: &Value, wanted: &str) -> Refusal {
    let shown: String = value.to_string().chars().take(60).collect();
    Refusal::bad(format!(
        "Cannot convert the literal '{shown}' to the expected type '{wanted}'."
    ))
}

/// The characters of a text as the service counts them.
fn characters(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Checks a value that is not `passwordProfile`, `identities` or `customSecurityAttributes`, and gives it in the
/// form in which it is stored.
pub fn check(property: &Property, value: &Value, tenant: &Tenant) -> Result<Value, Refusal> {
    let name = property.name;
    if value.is_null() {
        // A list is emptied by `[]`.
        let clears = property.clearable && !property.is_list();
        return if clears {
            Ok(Value::Null)
        } else {
            Err(invalid(name))
        };
    }
    match property.kind {
        Kind::Text => {
            let text = value.as_str().ok_or_else(|| mistyped(value, "Edm.String"))?;
            check_length(name, text, property.max)?;
            check_text(name, text, tenant)?;
            Ok(value.clone())
        }
        Kind::Flag if value.is_boolean() => Ok(value.clone()),
        Kind::Flag => Err(mistyped(value, "Edm.Boolean")),
        Kind::Whole => value
            .as_i64()
            .map(Value::from)
            .ok_or_else(|| mistyped(value, "Edm.Int32")),
        Kind::Moment => moment(value),
        Kind::TextList => check_list(property, value),
        Kind::Group(leaves) => check_group(name, leaves, value),
        Kind::Opaque | Kind::OpaqueList => Ok(value.clone()),
    }
}

pub(super) fn check_length(name: &str, text: &str, max: Option<usize>) -> Result<(), Refusal> {
    let long = characters(text);
    let max = max.unwrap_or(usize::MAX);
    if long == 0 || long > max {
        let why = match max {
            usize::MAX => format!("The {name} should not be empty"),
            max => format!("The {name} should be between 1 and {max} characters"),
        };
        return Err(length(name, why));
    }
    Ok(())
}

/// The form of the few texts that have one.
fn check_text(name: &str, text: &str, tenant: &Tenant) -> Result<(), Refusal> {
    let fits = match name {
        "userPrincipalName" => return check_name(text, tenant),
        "mail" => is_address(text),
        "usageLocation" => COUNTRIES.split_whitespace().any(|country| country == text),
        "preferredLanguage" => is_language(text),
        "ageGroup" => ["Minor", "NotAdult", "Adult"].contains(&text),
        "consentProvidedForMinor" => ["Granted", "Denied", "NotRequired"].contains(&text),
        "userType" => ["Member", "Guest"].contains(&text),
        "passwordPolicies" => {
            text == "None" || {
                let known = ["DisablePasswordExpiration", "DisableStrongPassword"];
                let parts: Vec<&str> = text.split(',').map(str::trim).collect();
                parts.len() <= 2 && parts.iter().all(|part| known.contains(part))
            }
        }
        "mailNickname" => !text
            .chars()
            .any(|letter| letter.is_whitespace() || r#"@()\[]";:<>,"#.contains(letter)),
        "onPremisesImmutableId" => !text.contains(['$', '_']),
        _ => true,
    };
    if fits { Ok(()) } else { Err(invalid(name)) }
}

/// `alias@verifiedDomain` with the documented characters.
fn check_name(text: &str, tenant: &Tenant) -> Result<(), Refusal> {
    const NAME: &str = "userPrincipalName";
    let Some((alias, domain)) = text.rsplit_once('@') else {
        return Err(invalid(NAME));
    };
    if alias.is_empty() || characters(alias) > 64 || characters(domain) > 48 {
        return Err(length(
            NAME,
            "The userPrincipalName allows 64 characters before and 48 after the @".to_owned(),
        ));
    }
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || "'.-_!#^~".contains(letter);
    if !alias.chars().all(allowed) || alias.ends_with('.') {
        return Err(invalid(NAME));
    }
    if !tenant.has_domain(domain) {
        let why = "The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization.";
        return Err(Refusal::bad(why).detail("InvalidValue", why, Some(NAME.to_owned())));
    }
    Ok(())
}

fn is_language(text: &str) -> bool {
    let Some((language, region)) = text.split_once('-') else {
        return false;
    };
    language.len() == 2
        && region.len() == 2
        && language.bytes().all(|b| b.is_ascii_lowercase())
        && region.bytes().all(|b| b.is_ascii_uppercase())
}

/// Whether a text can be an address.
pub fn is_address(text: &str) -> bool {
    let Some((name, domain)) = text.split_once('@') else {
        return false;
    };
    text.is_ascii()
        && !name.is_empty()
        && !domain.contains('@')
        && domain.split('.').all(|part| !part.is_empty())
        && domain.contains('.')
        && !text
            .chars()
            .any(|letter| letter.is_whitespace() || letter.is_control() || "<>()[],;:\\\"".contains(letter))
}

/// A date and time with an offset, kept as seconds in UTC.
pub(super) fn moment(value: &Value) -> Result<Value, Refusal> {
    let text = value
        .as_str()
        .ok_or_else(|| mistyped(value, "Edm.DateTimeOffset"))?;
    // The parser at hand also takes forms that the wire does not know.
    let form =
        text.len() >= 20 && text.as_bytes().get(10) == Some(&b'T') && text.is_ascii() && !text.contains('[');
    match text.parse::<jiff::Timestamp>() {
        Ok(moment) if form => Ok(Value::String(moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())),
        _ => Err(mistyped(value, "Edm.DateTimeOffset")),
    }
}

fn check_list(property: &Property, value: &Value) -> Result<Value, Refusal> {
    let items = value
        .as_array()
        .ok_or_else(|| mistyped(value, "Collection(Edm.String)"))?;
    let name = property.name;
    let most = match name {
        "businessPhones" => 1,
        "otherMails" => 250,
        _ => usize::MAX,
    };
    if items.len() > most {
        return Err(invalid(name));
    }
    for item in items {
        let text = item.as_str().ok_or_else(|| mistyped(item, "Edm.String"))?;
        check_length(name, text, property.max)?;
        if name == "otherMails" && !is_address(text) {
            return Err(invalid(name));
        }
    }
    Ok(value.clone())
}

fn check_group(name: &str, leaves: &[Leaf], value: &Value) -> Result<Value, Refusal> {
    let given = value
        .as_object()
        .ok_or_else(|| mistyped(value, "microsoft.graph.complexType"))?;
    for (key, value) in given {
        if key.starts_with('@') {
            continue;
        }
        let Some(leaf) = leaves.iter().find(|leaf| leaf.name == key) else {
            return Err(Refusal::bad("One or more property values specified are invalid."));
        };
        match (leaf.kind, value) {
            (_, Value::Null) => {}
            (LeafKind::Text, Value::String(text)) => check_length(&format!("{name}/{key}"), text, leaf.max)?,
            (LeafKind::Text, _) => return Err(mistyped(value, "Edm.String")),
            (LeafKind::Flag, Value::Bool(_)) => {}
            (LeafKind::Flag, _) => return Err(mistyped(value, "Edm.Boolean")),
            _ => {}
        }
    }
    let kept = given
        .iter()
        .filter(|(key, _)| !key.starts_with('@'))
        .map(|(k, v)| (k.clone(), v.clone()));
    Ok(Value::Object(kept.collect()))
}

/// The cloud's password rule: 8 to 256 characters of the allowed set, three of the four classes.
pub fn password(text: &str) -> Result<(), Refusal> {
    const SIGNS: &str = " @#$%^&*-_!+=[]{}|\\:',.?/`~\"();<>";
    let classes = [
        text.bytes().any(|b| b.is_ascii_lowercase()),
        text.bytes().any(|b| b.is_ascii_uppercase()),
        text.bytes().any(|b| b.is_ascii_digit()),
        text.chars().any(|letter| SIGNS.contains(letter)),
    ];
    let allowed = text
        .chars()
        .all(|letter| letter.is_ascii_alphanumeric() || SIGNS.contains(letter));
    if (8..=256).contains(&text.len()) && allowed && classes.iter().filter(|class| **class).count() >= 3 {
        return Ok(());
    }
    let why = "The specified password does not comply with password complexity requirements. Please provide a different password.";
    Err(Refusal::bad(why).detail("InvalidPassword", why, Some("passwordProfile".to_owned())))
}

/// The identities of a user: at most ten, one of them the user principal name, which is given back.
pub fn identities(value: &Value, tenant: &Tenant) -> Result<String, Refusal> {
    const NAME: &str = "identities";
    let entries = value
        .as_array()
        .ok_or_else(|| mistyped(value, "Collection(microsoft.graph.objectIdentity)"))?;
    let mut name = None;
    for entry in entries {
        let part = |key: &str| {
            entry
                .get(key)
                .and_then(Value::as_str)
                .filter(|text| !text.is_empty())
        };
        let (Some(kind), Some(issuer), Some(assigned)) =
            (part("signInType"), part("issuer"), part("issuerAssignedId"))
        else {
            return Err(invalid(NAME));
        };
        if kind == "userPrincipalName" {
            check_name(assigned, tenant)?;
            name = Some(assigned.to_owned());
        } else if characters(issuer) > 512 || characters(assigned) > 64 {
            return Err(length(
                NAME,
                "The issuer allows 512 and the issuerAssignedId 64 characters".to_owned(),
            ));
        }
    }
    match name {
        Some(name) if entries.len() <= 10 => Ok(name),
        _ => Err(invalid(NAME)),
    }
}
